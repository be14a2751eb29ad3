const DAY_MS = 86_400_000;

export type MessagingLimit = 'TIER_250' | 'TIER_2K' | 'TIER_10K' | 'TIER_100K' | 'TIER_UNLIMITED';

const PEOPLE: Readonly<Record<MessagingLimit, number>> = {
  TIER_250: 250,
  TIER_2K: 2_000,
  TIER_10K: 10_000,
  TIER_100K: 100_000,
  TIER_UNLIMITED: Infinity,
};

/**
 * Different people reached outside service windows in the last 24 hours, by all numbers of a business portfolio together.
 * Counted on delivery, as Meta does.
 */
export class PortfolioLimit {
  /** In order of delivery: a Map keeps insertion order, and who is delivered to again moves to the end. */
  private readonly deliveredAtMs = new Map<string, number>();

  constructor(
    public messagingLimit: MessagingLimit,
    /** Replaces the number behind the tier, for tests. */
    private readonly override?: number,
  ) {}

  get people(): number {
    return this.override ?? PEOPLE[this.messagingLimit];
  }

  /** Whether this person may be written to: counted already, or room for one more. */
  allows(phoneNumber: string, nowMs: number): boolean {
    this.forget(nowMs);
    return this.deliveredAtMs.size < this.people || this.deliveredAtMs.has(phoneNumber);
  }

  delivered(phoneNumber: string, atMs: number): void {
    this.deliveredAtMs.delete(phoneNumber);
    this.deliveredAtMs.set(phoneNumber, atMs);
  }

  reachedInLastDay(nowMs: number): number {
    this.forget(nowMs);
    return this.deliveredAtMs.size;
  }

  private forget(nowMs: number): void {
    for (const [phoneNumber, atMs] of this.deliveredAtMs) {
      if (atMs > nowMs - DAY_MS) return;
      this.deliveredAtMs.delete(phoneNumber);
    }
  }
}
