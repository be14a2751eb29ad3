import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assignShard } from './assignment.js';
import { allocateShards, capacityOf } from './capacity.js';

const shard = (shardId: string, over = {}): { shardId: string; weight: number; ratePerSecond: number } => ({
  shardId,
  weight: 80,
  ratePerSecond: 80,
  ...over,
});

describe(capacityOf.name, () => {
  it.each([
    [80, 240_000, 18_240],
    [1_000, 240_000, 228_000],
    [0, 240_000, 0],
    [80, 0, 0],
  ])('%d a second for %d ms is %d with 5 %% headroom', (rate, spanMs, capacity) => {
    expect(capacityOf(rate, spanMs)).toBe(capacity);
  });
});

describe(allocateShards.name, () => {
  it('keeps to the sticky assignment while there is room', () => {
    const shards = [shard('shard-1'), shard('shard-2')];
    const allocation = allocateShards(shards, 240_000);

    for (let i = 0; i < 850; i += 1) expect(allocation.assign(`r-${i}`)).toBe(assignShard(`r-${i}`, shards));
  });

  it('spills to the next shard when one is full, and to none when all are', () => {
    const allocation = allocateShards([shard('shard-1', { capLeft: 10 }), shard('shard-2', { capLeft: 15 })], 240_000);
    const given = Array.from({ length: 40 }, (_, i) => allocation.assign(`r-${i}`));

    expect(allocation.given).toEqual(
      new Map([
        ['shard-1', 10],
        ['shard-2', 15],
      ]),
    );
    expect(given.filter((shardId) => shardId === undefined)).toHaveLength(15);
  });

  it('goes past a shard that may not take this recipient, and leaves its room to others', () => {
    const allocation = allocateShards([shard('shard-1', { capLeft: 1 }), shard('shard-2', { capLeft: 1 })], 240_000);

    expect(allocation.assign('r-1', (shardId) => shardId === 'shard-2')).toBe('shard-2');
    expect(allocation.assign('r-2', (shardId) => shardId === 'shard-2')).toBeUndefined();
    expect(allocation.assign('r-3')).toBe('shard-1');
  });

  it('never gives a shard more than its capacity or its daily cap', () => {
    const some = fc.uniqueArray(
      fc.record({ id: fc.nat({ max: 20 }), rate: fc.nat({ max: 50 }), cap: fc.option(fc.nat({ max: 60 }), { nil: undefined }) }),
      {
        selector: (s) => s.id,
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(some, fc.nat({ max: 400 }), (described, count) => {
        const shards = described.map((s) => shard(`shard-${s.id}`, { weight: s.rate, ratePerSecond: s.rate, capLeft: s.cap }));
        const allocation = allocateShards(shards, 2_000);
        for (let i = 0; i < count; i += 1) allocation.assign(`r-${i}`);

        for (const [i, s] of shards.entries()) {
          expect(allocation.given.get(s.shardId)).toBeLessThanOrEqual(
            Math.min(capacityOf(s.ratePerSecond, 2_000), described[i]?.cap ?? Infinity),
          );
        }
      }),
    );
  });
});
