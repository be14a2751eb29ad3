import { describe, expect, it } from '@jest/globals';
import { manualClock } from '@daybreak/kernel';
import { Timeline } from './timeline.js';

describe(Timeline.name, () => {
  const setup = () => {
    const clock = manualClock(1_000);
    const errors: unknown[] = [];
    return { clock, errors, sut: new Timeline(clock, (error) => errors.push(error)), happened: [] as string[] };
  };

  it('lets things happen in the order of their instants, and of their planning where those are equal', () => {
    const { sut, clock, happened } = setup();
    for (const [atMs, name] of [
      [3_000, 'c'],
      [2_000, 'a'],
      [2_000, 'b'],
      [9_000, 'later'],
      [1_500, 'first'],
    ] as const)
      sut.at(atMs, () => happened.push(name));

    clock.set(5_000);
    sut.runDue();

    expect(happened).toEqual(['first', 'a', 'b', 'c']);
    expect(sut.nextAtMs).toBe(9_000);
  });

  it('keeps order with thousands of things planned in disorder', () => {
    const { sut, clock } = setup();
    const seen: number[] = [];
    for (let i = 0; i < 5_000; i += 1) sut.at((i * 7_919) % 5_003, (atMs) => seen.push(atMs));

    clock.set(10_000);
    sut.runDue();

    expect(seen).toHaveLength(5_000);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('tells a thing the instant it was planned for, however late it runs', () => {
    const { sut, clock } = setup();
    const told: number[] = [];
    sut.at(2_000, (atMs) => told.push(atMs));

    clock.set(60_000);
    sut.runDue();

    expect(told).toEqual([2_000]);
  });

  it('goes on after a thing that throws, and tells of it', () => {
    const { sut, clock, happened, errors } = setup();
    sut.at(2_000, () => {
      throw new Error('broken');
    });
    sut.at(2_001, () => happened.push('next'));

    clock.set(3_000);
    sut.runDue();

    expect(happened).toEqual(['next']);
    expect(errors).toHaveLength(1);
  });

  it('wakes by itself when the clock runs', async () => {
    const sut = new Timeline(
      { ...manualClock(0), speed: 1, nowMs: () => performance.now(), realMsUntil: (ms) => Math.max(0, ms - performance.now()) },
      () => undefined,
    );

    const happenedAt = await new Promise<number>((resolve) => sut.at(performance.now() + 20, () => resolve(performance.now())));

    expect(happenedAt).toBeGreaterThan(0);
    expect(sut.size).toBe(0);
  });

  it('lets nothing happen any more once stopped', () => {
    const { sut, clock, happened } = setup();
    sut.at(2_000, () => happened.push('never'));

    sut.stop();
    clock.set(3_000);
    sut.runDue();

    expect(happened).toEqual([]);
  });
});
