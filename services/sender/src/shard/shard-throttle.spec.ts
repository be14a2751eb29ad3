import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ShardThrottle } from './shard-throttle.js';

/** Most instants in any half-open span of this length. */
function mostIn(spanMs: number, instants: readonly number[]): number {
  let most = 0;
  for (let first = 0, last = 0; last < instants.length; last++) {
    while ((instants[last] as number) - (instants[first] as number) >= spanMs) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

/** Somebody always waits; the process looks at the throttle at the given steps. */
function grantsOver(throttle: ShardThrottle, durationMs: number, stepMs: () => number): number[] {
  const grants: number[] = [];
  for (let now = 0; now < durationMs; now += stepMs()) while (throttle.take(now) === 0) grants.push(now);
  return grants;
}

describe(ShardThrottle.name, () => {
  it.each([
    { rate: 20, in10Ms: 1 },
    { rate: 76, in10Ms: 2 },
    { rate: 80, in10Ms: 2 },
    { rate: 1_000, in10Ms: 28 },
  ])('sends $rate a second: all of it, never more in a rolling second, never a heap at once', ({ rate, in10Ms }) => {
    const grants = grantsOver(new ShardThrottle(rate), 60_000, () => 1);

    expect(grants.length).toBeGreaterThanOrEqual(rate * 60 * 0.995);
    expect(mostIn(1_000, grants)).toBeLessThanOrEqual(rate);
    expect(mostIn(10, grants)).toBeLessThanOrEqual(in10Ms);
  });

  it('never grants more than the rate in a rolling second, however the process stalls and the demand comes and goes', () => {
    const step = fc.oneof(
      { weight: 20, arbitrary: fc.double({ min: 0.1, max: 3, noNaN: true }) },
      { weight: 2, arbitrary: fc.double({ min: 3, max: 400, noNaN: true }) },
      { weight: 1, arbitrary: fc.double({ min: 400, max: 4_000, noNaN: true }) },
    );
    const moments = fc.array(fc.record({ afterMs: step, wanted: fc.integer({ min: 0, max: 40 }) }), { maxLength: 400, size: 'max' });
    fc.assert(
      fc.property(fc.constantFrom(0.5, 3.5, 20, 76, 80, 950, 1_000), moments, (rate, demand) => {
        const sut = new ShardThrottle(rate);
        const grants: number[] = [];
        let now = 0;
        for (const { afterMs, wanted } of demand) {
          now += afterMs;
          for (let i = 0; i < wanted && sut.take(now) === 0; i++) grants.push(now);
        }

        expect(mostIn(1_000, grants)).toBeLessThanOrEqual(Math.ceil(rate));
      }),
    );
  });

  it('stays under the higher of two rates while the rate changes in mid-second', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 0.5, 10, 40, 80), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 50, max: 900 }),
        (rates, everyMs) => {
          const sut = new ShardThrottle(80);
          const grants: number[] = [];
          for (let now = 0; now < rates.length * everyMs; now++) {
            if (now % everyMs === 0) sut.setRate(rates[now / everyMs] as number);
            while (sut.take(now) === 0) grants.push(now);
          }

          expect(mostIn(1_000, grants)).toBeLessThanOrEqual(80);
        },
      ),
    );
  });

  it('does not wait for a slot of a slower rate when the rate is raised', () => {
    const sut = new ShardThrottle(0.01);
    expect(sut.take(0)).toBe(0);
    expect(sut.take(1)).toBeGreaterThan(99_000);

    sut.setRate(80);

    expect(sut.take(1)).toBeLessThanOrEqual(12.5);
    const grants = grantsOver(sut, 10_000, () => 1);
    expect(grants.length).toBeGreaterThanOrEqual(796);
    expect(mostIn(1_000, [0, ...grants])).toBeLessThanOrEqual(80);
  });

  it('says exactly how long to wait', () => {
    const sut = new ShardThrottle(80);
    let now = 0;
    for (let i = 0; i < 500; i++) {
      const waitMs = sut.take(now);
      if (waitMs === 0) continue;
      expect(sut.take(now + waitMs - 0.01)).toBeGreaterThan(0);
      now += waitMs;
      expect(sut.take(now)).toBe(0);
    }
  });

  it('makes up for slots that a stall of the process took, at no more than twice the pace', () => {
    const sut = new ShardThrottle(80);
    const before = grantsOver(sut, 1_000, () => 1).length;
    const afterStall: number[] = [];
    for (let now = 1_100; now < 2_000; now++) while (sut.take(now) === 0) afterStall.push(now);

    expect(before + afterStall.length).toBeGreaterThanOrEqual(158);
    expect(mostIn(100, afterStall)).toBeLessThanOrEqual(18);
  });

  it('is smooth again soon after the longest stall that it makes up for', () => {
    const sut = new ShardThrottle(80);
    grantsOver(sut, 1_000, () => 1);
    const after: number[] = [];
    for (let now = 2_000; now < 6_000; now++) while (sut.take(now) === 0) after.push(now);

    const settled = after.filter((ms) => ms >= 4_000);
    expect(mostIn(100, settled)).toBeLessThanOrEqual(9);
    expect(settled.length).toBeGreaterThanOrEqual(158);
  });

  it('owes nothing to an idle shard', () => {
    const sut = new ShardThrottle(80);
    sut.take(0);

    const grants: number[] = [];
    for (let now = 10_000; now < 10_100; now++) while (sut.take(now) === 0) grants.push(now);

    expect(grants.length).toBeLessThanOrEqual(10);
  });

  it('grants nothing at rate 0, and goes on at once when the rate comes back', () => {
    const sut = new ShardThrottle(0);
    expect(sut.take(5)).toBe(Number.POSITIVE_INFINITY);

    sut.setRate(20);

    expect(sut.take(6)).toBe(0);
    expect(sut.grantedInLastSecond(6)).toBe(1);
  });
});
