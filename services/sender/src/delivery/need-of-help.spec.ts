import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assignToHelpers, needOfHelp, roomLeft, type Helper } from './need-of-help.js';

const CLOSES = 300_000;

const aHelper = (over: Partial<Helper> = {}): Helper => ({
  shardId: 'shard-2',
  waiting: 0,
  ratePerSecond: 10,
  sendsFromMs: 200_000,
  closesAtMs: CLOSES,
  capLeft: Number.POSITIVE_INFINITY,
  ...over,
});

describe(needOfHelp.name, () => {
  it.each<[string, Partial<Helper>, number]>([
    ['a number that finishes in time', { waiting: 950 }, 0],
    ['a number that is too slow for what it has', { waiting: 1_000 }, 50],
    ['a number that sends again only later', { waiting: 500, sendsFromMs: 270_000 }, 250],
    ['a number that nobody knows the return of', { waiting: 500, sendsFromMs: Number.POSITIVE_INFINITY }, 500],
    ['a number that may start only a few more', { waiting: 500, capLeft: 120 }, 380],
    ['a number that may send nothing', { waiting: 500, ratePerSecond: 0 }, 500],
  ])('%s', (_, over, need) => {
    expect(needOfHelp(aHelper(over))).toBe(need);
  });
});

describe(assignToHelpers.name, () => {
  const people = Array.from({ length: 1_000 }, (_, i) => `adv-${i}`);

  it('fills helpers no further than they can send in time, and within their caps', () => {
    const helper = fc.record({
      waiting: fc.integer({ min: 0, max: 500 }),
      ratePerSecond: fc.integer({ min: 0, max: 20 }),
      capLeft: fc.option(fc.integer({ min: 0, max: 300 }), { nil: Number.POSITIVE_INFINITY }),
    });
    fc.assert(
      fc.property(fc.array(helper, { maxLength: 4 }), (several) => {
        const helpers = several.map((one, i) => aHelper({ shardId: `shard-${i}`, ...one }));

        const assigned = [...assignToHelpers(people, helpers).values()];

        for (const one of helpers) {
          const given = assigned.filter((shardId) => shardId === one.shardId).length;
          expect(given).toBeLessThanOrEqual(Math.max(0, roomLeft(one) - one.waiting));
          expect(given).toBeLessThanOrEqual(one.capLeft);
        }
      }),
    );
  });

  it('leaves nobody behind while somebody has room, and gives the same answer twice', () => {
    const helpers = [aHelper({ ratePerSecond: 6 }), aHelper({ shardId: 'shard-3', ratePerSecond: 6 })];

    const assigned = assignToHelpers(people, helpers);

    expect(assigned.size).toBe(1_000);
    expect(assignToHelpers(people, helpers)).toEqual(assigned);
  });
});
