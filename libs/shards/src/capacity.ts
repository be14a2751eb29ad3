import { preferredShards, type ShardWeight } from './assignment.js';

/** Never plan at 100 % of a number: replies count too, and the platform's second is not ours. */
export const HEADROOM = 0.95;

/** How many first attempts a number can start in a span at its rate, with headroom. */
export const capacityOf = (ratePerSecond: number, spanMs: number): number => Math.floor((HEADROOM * ratePerSecond * spanMs) / 1_000);

/** A number with what it can take. */
export interface ShardCapacity extends ShardWeight {
  /** Messages per second that campaign traffic may use. */
  readonly ratePerSecond: number;
  /** Unique recipients that the number's caps leave; undefined when it has none of its own. */
  readonly capLeft?: number | undefined;
}

/** Hands recipients to shards, one after another. The order in which they come decides who finds a shard full. */
export interface ShardAllocation {
  /** The most wanted shard that has room, among those that may take this recipient; undefined when none has. */
  assign(recipientId: string, mayTake?: (shardId: string) => boolean): string | undefined;
  /** How many each shard was given so far. */
  readonly given: ReadonlyMap<string, number>;
}

/** An allocation for first attempts that are spread over `spanMs`. Holds one number per shard, however many recipients come. */
export function allocateShards(shards: readonly ShardCapacity[], spanMs: number): ShardAllocation {
  const room = new Map(
    shards.map((s) => [s.shardId, Math.min(capacityOf(s.ratePerSecond, spanMs), s.capLeft ?? Number.POSITIVE_INFINITY)]),
  );
  const given = new Map(shards.map((s) => [s.shardId, 0]));
  return {
    given,
    assign(recipientId, mayTake = () => true) {
      const shardId = preferredShards(recipientId, shards).find((id) => (given.get(id) ?? 0) < (room.get(id) ?? 0) && mayTake(id));
      if (shardId !== undefined) given.set(shardId, (given.get(shardId) ?? 0) + 1);
      return shardId;
    },
  };
}
