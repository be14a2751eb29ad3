import { stableHash } from '@daybreak/kernel';

/** What the assignment needs to know of a shard. */
export interface ShardWeight {
  readonly shardId: string;
  /** Relative share of the recipients; 0 takes none. Usually the allowed rate. */
  readonly weight: number;
}

/**
 * Weighted rendezvous hashing: a recipient's shard depends on this recipient and these shards only. Adding a shard
 * moves just the recipients that it gets, removing one moves just those it had. Undefined when no shard takes any.
 */
export function assignShard(recipientId: string, shards: readonly ShardWeight[]): string | undefined {
  return preferredShards(recipientId, shards)[0];
}

/** The shards that take a share, most wanted first: where a recipient goes, and goes next when that one is full or halted. */
export function preferredShards(recipientId: string, shards: readonly ShardWeight[]): string[] {
  return shards
    .filter((shard) => shard.weight > 0)
    .map((shard) => ({ shardId: shard.shardId, score: score(recipientId, shard) }))
    .sort((a, b) => b.score - a.score || (a.shardId < b.shardId ? -1 : 1))
    .map((shard) => shard.shardId);
}

/** -w / ln(u) for a uniform u in (0, 1): the highest of them is shard i with probability w_i / Σw (Efraimidis and Spirakis). */
function score(recipientId: string, shard: ShardWeight): number {
  const u = (Number(stableHash(`${shard.shardId}/${recipientId}`) >> 11n) + 0.5) / 2 ** 53;
  return -shard.weight / Math.log(u);
}
