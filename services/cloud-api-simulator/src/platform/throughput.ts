/**
 * Messages of one number in any rolling second, sent and received together, as Meta counts its throughput.
 * Refused messages do not count: otherwise a sender that backs off too little would never recover.
 */
export class Throughput {
  private readonly countedAtMs: number[] = [];
  private oldest = 0;
  private most = 0;

  /** @param perSecond messages in any rolling second of the simulated clock */
  constructor(public perSecond: number) {}

  /** Takes one message, or says that the number is over its limit. */
  take(nowMs: number): boolean {
    if (this.inRollingSecond(nowMs) >= this.perSecond) return false;
    this.count(nowMs);
    return true;
  }

  /** Counts a message that cannot be refused: one that came in. */
  count(nowMs: number): void {
    this.countedAtMs.push(nowMs);
    this.most = Math.max(this.most, this.inRollingSecond(nowMs));
  }

  inRollingSecond(nowMs: number): number {
    while (this.oldest < this.countedAtMs.length && (this.countedAtMs[this.oldest] as number) <= nowMs - 1_000) this.oldest += 1;
    if (this.oldest > 4_096) {
      this.countedAtMs.splice(0, this.oldest);
      this.oldest = 0;
    }
    return this.countedAtMs.length - this.oldest;
  }

  /** Most messages seen in any rolling second so far. */
  get mostInRollingSecond(): number {
    return this.most;
  }
}
