const SECOND_MS = 1_000;

/** How far a throttle that was kept from its slots (a late timer, a busy process) may catch up. Nothing is owed to an idle one. */
const CATCH_UP_MS = 1_000;

/** Catching up goes at most this much faster than the rate. */
const CATCH_UP_PACE = 2;

/** Messages that may leave in one instant: one, except where slots lie closer together than the ticks of timers (a millisecond, and often more). */
const burstOf = (ratePerSecond: number): number => Math.min(8, Math.max(1, Math.round(ratePerSecond / 125)));

/**
 * One number's slots in time, by the run's clock. Smooth, and exact: in no rolling second does it grant more than the rate.
 * In-process on purpose: a shard has one owner, so nobody else has to be asked.
 *
 * Three rules, all of which a slot must pass:
 * - the slot clock: slots lie 1/rate apart, and lost ones may be made up for;
 * - the pace: not more than a burst at once, and twice the rate while making up;
 * - the last second: never more than the rate in any second, whatever happened before.
 */
export class ShardThrottle {
  private ratePerSecond = 0;
  /** When the next slot is, and when the pace allows one. */
  private nextSlotMs = Number.NEGATIVE_INFINITY;
  private nextByPaceMs = Number.NEGATIVE_INFINITY;
  /** How late a slot may be taken: what was lost while somebody waited, not what passed while nobody did. */
  private creditMs = 0;
  /** The instants of the last grants, as a ring. */
  private grants = new Float64Array(0);
  private granted = 0;

  constructor(ratePerSecond: number) {
    this.setRate(ratePerSecond);
  }

  get rate(): number {
    return this.ratePerSecond;
  }

  /** Takes effect with the next slot, also downwards: what was granted in the last second counts against the new rate. */
  setRate(ratePerSecond: number): void {
    const isRaised = ratePerSecond > this.ratePerSecond;
    this.ratePerSecond = Math.max(0, ratePerSecond);
    // A slot of a slower rate may lie far ahead. The last second still counts, whatever comes sooner now.
    if (isRaised && this.granted > 0) {
      const lastMs = this.grants[(this.granted - 1) % this.grants.length] ?? 0;
      this.nextSlotMs = Math.min(this.nextSlotMs, lastMs + SECOND_MS / this.ratePerSecond);
      this.nextByPaceMs = Math.min(this.nextByPaceMs, lastMs + SECOND_MS / this.ratePerSecond);
    }
    const perSecond = this.mostPerSecond();
    if (perSecond > this.grants.length) this.remember(perSecond * 2);
  }

  /** Takes a slot: 0 when it may be used at `nowMs`, else how long to wait before asking again (clock ms; infinite at rate 0). */
  take(nowMs: number): number {
    if (this.ratePerSecond === 0) return Number.POSITIVE_INFINITY;
    const intervalMs = SECOND_MS / this.ratePerSecond;
    const burst = burstOf(this.ratePerSecond);
    const paceMs = intervalMs / CATCH_UP_PACE;
    const slotMs = Math.max(this.nextSlotMs, nowMs - Math.max(this.creditMs, (burst - 1) * intervalMs));
    const byPaceMs = Math.max(this.nextByPaceMs, nowMs - (burst - 1) * paceMs);
    const fullForMs = this.secondIsFullFor(nowMs);
    // What a full second cannot give back is not owed: from there on slots lie evenly again.
    if (fullForMs > 0) this.nextSlotMs = Math.max(this.nextSlotMs, nowMs + fullForMs);
    const waitMs = Math.max(slotMs - nowMs, byPaceMs - nowMs, fullForMs);
    if (waitMs > 0) {
      this.creditMs = CATCH_UP_MS;
      return waitMs;
    }
    this.nextSlotMs = slotMs + intervalMs;
    this.creditMs = Math.max(0, nowMs - this.nextSlotMs);
    this.nextByPaceMs = byPaceMs + paceMs;
    this.grants[this.granted++ % this.grants.length] = nowMs;
    return 0;
  }

  /** Slots granted in the second before `nowMs`: the rate as it is. */
  grantedInLastSecond(nowMs: number): number {
    let count = 0;
    for (let i = this.granted - 1; i >= 0 && i >= this.granted - this.grants.length; i--) {
      if (nowMs - (this.grants[i % this.grants.length] ?? 0) >= SECOND_MS) break;
      count++;
    }
    return count;
  }

  private mostPerSecond(): number {
    return Math.ceil(this.ratePerSecond);
  }

  private secondIsFullFor(nowMs: number): number {
    const index = this.granted - this.mostPerSecond();
    if (index < 0) return 0;
    return (this.grants[index % this.grants.length] ?? 0) + SECOND_MS - nowMs;
  }

  private remember(capacity: number): void {
    const kept = Math.min(this.granted, this.grants.length);
    const longer = new Float64Array(capacity);
    for (let i = 0; i < kept; i++) longer[i] = this.grants[(this.granted - kept + i) % this.grants.length] ?? 0;
    this.grants = longer;
    this.granted = kept;
  }
}
