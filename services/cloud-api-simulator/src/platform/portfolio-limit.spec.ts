import { describe, expect, it } from '@jest/globals';
import { PortfolioLimit } from './portfolio-limit.js';

const HOUR_MS = 3_600_000;

describe(PortfolioLimit.name, () => {
  it('has room for different people only, and for those it reached already', () => {
    const sut = new PortfolioLimit('TIER_250', 2);
    sut.delivered('+91981', 0);
    sut.delivered('+91982', HOUR_MS);

    expect(sut.allows('+91983', 2 * HOUR_MS)).toBe(false);
    expect(sut.allows('+91981', 2 * HOUR_MS)).toBe(true);
  });

  it('forgets a person 24 hours after the last delivery, not the first', () => {
    const sut = new PortfolioLimit('TIER_250', 1);
    sut.delivered('+91981', 0);
    sut.delivered('+91981', 10 * HOUR_MS);

    expect(sut.allows('+91982', 24 * HOUR_MS)).toBe(false);
    expect(sut.allows('+91982', 34 * HOUR_MS)).toBe(true);
  });

  it.each([
    ['TIER_250', 250],
    ['TIER_2K', 2_000],
    ['TIER_10K', 10_000],
    ['TIER_100K', 100_000],
    ['TIER_UNLIMITED', Infinity],
  ] as const)('%s is %s people', (tier, people) => expect(new PortfolioLimit(tier).people).toBe(people));
});
