import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { rampedRate, warmUpCap, warmUpDays } from './ramp.js';

const ramp = { fromPerSecond: 5, toPerSecond: 80, startedAt: 1_000, durationMs: 60_000 };

describe(rampedRate.name, () => {
  it.each([
    ['before it starts', 0, 5],
    ['at its start', 1_000, 5],
    ['half way', 31_000, 42.5],
    ['at its end', 61_000, 80],
    ['long after', 1_000_000, 80],
  ])('%s', (_, nowMs, rate) => {
    expect(rampedRate(ramp, nowMs)).toBe(rate);
  });

  it('is at its target at once when it has no length', () => {
    expect(rampedRate({ ...ramp, durationMs: 0 }, 1_000)).toBe(80);
  });

  it('never falls and never leaves its bounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10_000, max: 100_000 }), fc.nat({ max: 100_000 }), (nowMs, laterMs) => {
        const rate = rampedRate(ramp, nowMs);

        expect(rate).toBeGreaterThanOrEqual(5);
        expect(rampedRate(ramp, nowMs + laterMs)).toBeGreaterThanOrEqual(rate);
        expect(rate).toBeLessThanOrEqual(80);
      }),
    );
  });
});

describe(warmUpCap.name, () => {
  it.each([
    [-1, 200],
    [0, 200],
    [1, 400],
    [3, 1_600],
    [10, 10_000],
  ])('on day %d it is %d', (day, cap) => {
    expect(warmUpCap({ firstDayCap: 200, factorPerDay: 2, targetCap: 10_000 }, day)).toBe(cap);
  });
});

describe(warmUpDays.name, () => {
  it.each([
    [{ firstDayCap: 200, factorPerDay: 2, targetCap: 10_000 }, 6],
    [{ firstDayCap: 1, factorPerDay: 1.1, targetCap: 100 }, 49],
    [{ firstDayCap: 200, factorPerDay: 2, targetCap: 200 }, 0],
  ])('of %j are %d', (warmUp, days) => {
    expect(warmUpDays(warmUp)).toBe(days);
  });
});
