interface Pair {
  /** When everything sent so far is paid for, epoch ms. */
  paidUntilMs: number;
  burstEndsAtMs: number;
  inBurst: number;
}

const INTERVAL_MS = 6_000; // one message every 6 s from one number to one person
const BURST_MS = 6_000;
const SWEEP_ABOVE = 200_000; // pairs kept before those that are paid for are forgotten

/**
 * One number to one person: a message every 6 s. A burst of 45 within 6 s may borrow from the future, and is paid back before the
 * next message. https://developers.facebook.com/docs/whatsapp/cloud-api/overview#pair-rate-limits
 */
export class PairLimit {
  private readonly pairs = new Map<string, Pair>();
  private sweepAbove = SWEEP_ABOVE;

  constructor(private readonly burst = 45) {}

  /** Takes one message from a number to a person, or says that the pair is over its limit. */
  take(phoneNumberId: string, phoneNumber: string, nowMs: number): boolean {
    const key = `${phoneNumberId}/${phoneNumber}`;
    const pair = this.pairs.get(key);
    if (pair === undefined || nowMs >= pair.paidUntilMs) {
      if (pair === undefined) this.sweep(nowMs);
      this.pairs.set(key, { paidUntilMs: nowMs + INTERVAL_MS, burstEndsAtMs: nowMs + BURST_MS, inBurst: 1 });
      return true;
    }
    if (nowMs >= pair.burstEndsAtMs || pair.inBurst >= this.burst) return false;
    pair.inBurst += 1;
    pair.paidUntilMs += INTERVAL_MS;
    return true;
  }

  private sweep(nowMs: number): void {
    if (this.pairs.size < this.sweepAbove) return;
    for (const [key, pair] of this.pairs) if (nowMs >= pair.paidUntilMs) this.pairs.delete(key);
    this.sweepAbove = Math.max(SWEEP_ABOVE, 2 * this.pairs.size);
  }
}
