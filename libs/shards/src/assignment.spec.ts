import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assignShard, preferredShards, type ShardWeight } from './assignment.js';

const recipients = Array.from({ length: 20_000 }, (_, i) => `r-${i}`);
const shards: ShardWeight[] = [
  { shardId: 'shard-1', weight: 80 },
  { shardId: 'shard-2', weight: 80 },
  { shardId: 'shard-3', weight: 0 },
];
const someShards: fc.Arbitrary<ShardWeight[]> = fc
  .uniqueArray(fc.nat({ max: 50 }), { maxLength: 8 })
  .chain((ids) =>
    fc.tuple(...ids.map((id) => fc.record({ shardId: fc.constant(`shard-${id}`), weight: fc.integer({ min: 0, max: 1_000 }) }))),
  );

describe(assignShard.name, () => {
  it('shares recipients by weight', () => {
    const weighted = [
      { shardId: 'shard-1', weight: 1_000 },
      { shardId: 'shard-2', weight: 80 },
    ];
    const onSecond = recipients.filter((id) => assignShard(id, weighted) === 'shard-2').length;

    expect(onSecond / recipients.length).toBeCloseTo(80 / 1_080, 2);
  });

  it('gives nobody to a shard without weight, and nothing where no shard takes any', () => {
    expect(new Set(recipients.map((id) => assignShard(id, shards)))).toEqual(new Set(['shard-1', 'shard-2']));
    expect(assignShard('r-1', [{ shardId: 'shard-1', weight: 0 }])).toBeUndefined();
    expect(assignShard('r-1', [])).toBeUndefined();
  });

  it('does not depend on the order of the shards', () => {
    fc.assert(
      fc.property(fc.string(), someShards, (recipientId, some) => {
        expect(preferredShards(recipientId, some.toReversed())).toEqual(preferredShards(recipientId, some));
      }),
    );
  });

  it('moves only the recipients of a shard that goes, each to its next choice', () => {
    fc.assert(
      fc.property(fc.string(), someShards, (recipientId, some) => {
        const [first, next] = preferredShards(recipientId, some);
        for (const gone of some) {
          const moved = assignShard(
            recipientId,
            some.filter((s) => s !== gone),
          );
          expect(moved).toBe(gone.shardId === first ? next : first);
        }
      }),
    );
  });

  it('moves recipients only to a shard that grows', () => {
    fc.assert(
      fc.property(fc.string(), someShards, fc.nat(), (recipientId, some, pick) => {
        const grown = some[pick % Math.max(some.length, 1)];
        fc.pre(grown !== undefined);
        const before = assignShard(recipientId, some);
        const after = assignShard(
          recipientId,
          some.map((s) => (s === grown ? { ...s, weight: s.weight * 2 + 1 } : s)),
        );

        expect([before, grown.shardId]).toContain(after);
      }),
    );
  });
});
