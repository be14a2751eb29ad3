import { localDateOf, plusLocalDays, startOfLocalDay } from '@daybreak/timing';
import type { Claim } from '../delivery/claim.js';
import type { Settlement } from '../delivery/delivery-record.js';
import type { KnownShard } from './known-shard.js';

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 1_440;

/** How many recipients were started, by minute of the run's clock (epoch minutes). */
export type StartsByMinute = ReadonlyMap<number, number>;

type Claimed = Pick<Claim, 'deliveryId' | 'claimNumber' | 'attempt' | 'spared'>;

/**
 * How many recipients a number has started: what its caps are about. Counted in memory, because every claim asks; read from the rows once,
 * by whoever takes the number over. A recipient counts from the claim of the first POST that Meta may look at; refused ones count too.
 */
export class StartedRecipients {
  private readonly byMinute = new Map<number, number>();
  /** In which minute a claim in hand was counted, by delivery: it may turn out that nothing was posted. */
  private readonly inHand = new Map<string, { readonly claimNumber: number; readonly minute: number }>();

  /** Looked up once a day: calendars are slow, and every claim asks. */
  private day = { beginsAtMs: 0, endsAtMs: 0 };

  constructor(past: StartsByMinute) {
    for (const [minute, started] of past) this.byMinute.set(minute, started);
  }

  claimed(claims: readonly Claimed[], nowMs: number): void {
    const minute = Math.floor(nowMs / MINUTE_MS);
    for (const claim of claims) {
      if (claim.attempt - claim.spared > 1) continue; // was counted with an earlier attempt
      const counted = this.inHand.get(claim.deliveryId); // an earlier claim whose end has not been heard of
      this.inHand.set(claim.deliveryId, { claimNumber: claim.claimNumber, minute: counted?.minute ?? minute });
      if (!counted) this.add(minute, 1);
    }
    for (const old of this.byMinute.keys()) if (old < minute - DAY_MINUTES) this.byMinute.delete(old);
  }

  /** What became of a claim is known: what Meta has not looked at was not started. A word that comes after the next claim says nothing of that one. */
  settled({ deliveryId, claimNumber }: Pick<Claim, 'deliveryId' | 'claimNumber'>, settlement: Settlement): void {
    const counted = this.inHand.get(deliveryId);
    if (counted?.claimNumber !== claimNumber) return;
    this.inHand.delete(deliveryId);
    if (settlement.kind === 'not-posted' || (settlement.kind === 'again' && settlement.spared)) this.add(counted.minute, -1);
  }

  /** In the last hour: up to a minute more, so that a cap is not passed within it. */
  inLastHour(nowMs: number): number {
    const now = Math.floor(nowMs / MINUTE_MS);
    return this.count((minute) => minute >= now - HOUR_MINUTES);
  }

  /** On this day, where the recipients live. */
  today(nowMs: number): number {
    if (nowMs < this.day.beginsAtMs || nowMs >= this.day.endsAtMs) this.day = localDayOf(nowMs);
    const midnight = this.day.beginsAtMs / MINUTE_MS;
    return this.count((minute) => minute >= midnight);
  }

  /** How many more recipients a number may start now; infinite when nothing caps it. */
  room({ dailyCap, hourlyCap }: Pick<KnownShard, 'dailyCap' | 'hourlyCap'>, nowMs: number): number {
    const ofDay = dailyCap === 0 ? Number.POSITIVE_INFINITY : dailyCap - this.today(nowMs);
    const ofHour = hourlyCap === 0 ? Number.POSITIVE_INFINITY : hourlyCap - this.inLastHour(nowMs);
    return Math.max(0, Math.min(ofDay, ofHour));
  }

  private add(minute: number, change: number): void {
    this.byMinute.set(minute, (this.byMinute.get(minute) ?? 0) + change);
  }

  private count(counts: (minute: number) => boolean): number {
    let sum = 0;
    for (const [minute, started] of this.byMinute) if (counts(minute)) sum += started;
    return sum;
  }
}

/**
 * Whoever asks while it is being read waits for the same answer: with two of them, claims would be counted in one, and room in the other. After a
 * failure whoever asks next reads again.
 */
export function readOnce(read: () => Promise<StartedRecipients>): () => Promise<StartedRecipients> {
  let answer: Promise<StartedRecipients> | undefined;
  return () =>
    (answer ??= read().catch((error: unknown) => {
      answer = undefined;
      throw error;
    }));
}

function localDayOf(nowMs: number): { beginsAtMs: number; endsAtMs: number } {
  const date = localDateOf(nowMs);
  return { beginsAtMs: startOfLocalDay(date), endsAtMs: startOfLocalDay(plusLocalDays(date, 1)) };
}
