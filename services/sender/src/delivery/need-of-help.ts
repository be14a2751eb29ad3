import { allocateShards } from '@daybreak/shards';
import { allowedRate, RAMP_COSTS_MS, type RateInputs } from '../shard/allowed-rate.js';
import type { KnownShard } from '../shard/known-shard.js';

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

/** A number that is only slow for a moment (Meta's refusals, a pause that ends) does not give its deliveries away. Clock ms. */
const PATIENCE_MS = 10_000;

/** Fewer than this a retry or two can make of nothing, unless the number is out of action. */
const FEWEST = 5;

/** What a number cannot send, and why not. */
export interface Lack {
  /** Deliveries that it cannot send in time. */
  readonly need: number;
  /** Nobody can say when it will send again. */
  readonly isHopeless: boolean;
  /** The trouble is certainly this number's alone, so that others can help. */
  readonly isItsOwn: boolean;
}

/** Since when each number needs help with a run: most troubles end before it is worth it. */
export class Patience {
  private readonly needySince = new Map<string, number>();

  /** Whether it has lacked for long enough, or so hopelessly that waiting makes no sense. */
  isOver(shardId: string, runId: string, { need, isHopeless, isItsOwn }: Lack, nowMs: number): boolean {
    const key = `${shardId} ${runId}`;
    if (need < (isHopeless ? 1 : FEWEST)) {
      this.needySince.delete(key);
      return false;
    }
    const sinceMs = this.needySince.get(key) ?? nowMs;
    this.needySince.set(key, sinceMs);
    return (isHopeless && isItsOwn) || nowMs - sinceMs >= PATIENCE_MS;
  }

  /** No run is open. */
  forget(): void {
    this.needySince.clear();
  }
}

/** A number that could take over deliveries of another one. */
export interface Helper extends RemainingMorning {
  readonly shardId: string;
}

/** What another number could do, at the rate it may have by then. @param left its morning, as its rows tell it */
export const helperOf = (
  shard: KnownShard,
  inputs: Pick<RateInputs, 'control' | 'inboundPerSecond'>,
  left: Pick<RemainingMorning, 'waiting' | 'closesAtMs' | 'capLeft'>,
  nowMs: number,
): Helper => ({
  ...left,
  shardId: shard.shardId,
  ratePerSecond: allowedRate({ ...inputs, shard, feedbackShare: 1, rampStartedAtMs: null }, nowMs),
  sendsFromMs: nowMs + (shard.mode === 'standby' ? RAMP_COSTS_MS : 0),
});

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
