import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Throughput } from './throughput.js';

describe(Throughput.name, () => {
  it('takes as many as allowed within one second, then none until the first is a second old', () => {
    const sut = new Throughput(3);

    expect([0, 400, 800, 999].map((ms) => sut.take(ms))).toEqual([true, true, true, false]);
    expect(sut.take(1_000)).toBe(true);
    expect(sut.take(1_001)).toBe(false);
    expect(sut.take(1_400)).toBe(true);
  });

  it('does not count what it refused', () => {
    const sut = new Throughput(1);
    sut.take(0);
    for (let ms = 10; ms < 1_000; ms += 10) sut.take(ms);

    expect(sut.take(1_000)).toBe(true);
  });

  it('counts messages that come in', () => {
    const sut = new Throughput(2);
    sut.count(0);
    sut.count(1);

    expect(sut.take(2)).toBe(false);
  });

  it('obeys a new limit at once', () => {
    const sut = new Throughput(10);
    for (let i = 0; i < 5; i += 1) sut.take(i);
    sut.perSecond = 5;

    expect(sut.take(6)).toBe(false);
  });

  it('never lets more through in any rolling second, and remembers the most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 400 }), (limit, gaps) => {
        const sut = new Throughput(limit);
        let nowMs = 0;
        const taken = gaps.flatMap((gap) => ((nowMs += gap), sut.take(nowMs) ? [nowMs] : []));
        const most = Math.max(0, ...taken.map((end) => taken.filter((ms) => ms > end - 1_000 && ms <= end).length));

        expect(most).toBeLessThanOrEqual(limit);
        expect(sut.mostInRollingSecond).toBe(most);
      }),
    );
  });
});
