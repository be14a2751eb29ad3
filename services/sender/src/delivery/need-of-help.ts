import { allocateShards } from '@daybreak/shards';

/** A shard's remaining morning, by the run's clock. */
export interface RemainingMorning {
  /** Deliveries that wait for an attempt. */
  readonly waiting: number;
  /** Messages per second that the number may send. */
  readonly ratePerSecond: number;
  /** From when on it can use that rate; infinite when nobody can say. */
  readonly sendsFromMs: number;
  readonly closesAtMs: number;
  /** Recipients that it may still start by its caps; infinite when it has none. */
  readonly capLeft: number;
}

/** The last seconds of the window belong to what is on the wire and to retries. */
const KEPT_FREE_MS = 5_000;

/** How many deliveries a number can still send before the window closes. */
export function roomLeft({ ratePerSecond, sendsFromMs, closesAtMs, capLeft }: Omit<RemainingMorning, 'waiting'>): number {
  const leftMs = Math.max(0, closesAtMs - KEPT_FREE_MS - sendsFromMs);
  return ratePerSecond === 0 ? 0 : Math.min(capLeft, Math.floor((ratePerSecond * leftMs) / 1_000));
}

/** How many of its deliveries a number cannot send in time by itself. */
export const needOfHelp = (morning: RemainingMorning): number => Math.max(0, morning.waiting - roomLeft(morning));

/** A number that could take over deliveries of another one. */
export interface Helper extends RemainingMorning {
  readonly shardId: string;
}

/** Whom each recipient goes to: the same mapping that planned them, over the numbers that have room. Who is missing from the answer stays. */
export function assignToHelpers(recipientIds: readonly string[], helpers: readonly Helper[]): Map<string, string> {
  const rooms = helpers.map((helper) => {
    const room = Math.max(0, roomLeft(helper) - helper.waiting);
    return {
      shardId: helper.shardId,
      weight: room,
      ratePerSecond: Number.POSITIVE_INFINITY,
      capLeft: room,
    };
  });
  const allocation = allocateShards(rooms, 1_000);
  return new Map(
    recipientIds.flatMap((recipientId) => {
      const shardId = allocation.assign(recipientId);
      return shardId === undefined ? [] : [[recipientId, shardId] as const];
    }),
  );
}
