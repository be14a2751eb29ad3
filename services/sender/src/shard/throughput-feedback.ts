const SECOND_MS = 1_000;

/** A second's worth of requests is refused at once; they are one signal, not one each. */
const ONE_SIGNAL_MS = SECOND_MS;
const RECOVERY_PER_SECOND = 0.05;
const LOWEST_SHARE = 0.05; // still notices when Meta takes messages again

/** What Meta's "too fast" (130429) leaves of a number's rate: half at once, then 5 % more of the whole with each second. By the run's clock. */
export class ThroughputFeedback {
  private share = 1;
  private asOfMs = Number.NEGATIVE_INFINITY;
  private lastSignalMs = Number.NEGATIVE_INFINITY;

  tooFast(nowMs: number): void {
    if (nowMs - this.lastSignalMs < ONE_SIGNAL_MS) return;
    this.share = Math.max(LOWEST_SHARE, this.shareAt(nowMs) / 2);
    this.asOfMs = nowMs;
    this.lastSignalMs = nowMs;
  }

  /** Share of the rate that may be used now, 0 to 1. */
  shareAt(nowMs: number): number {
    if (this.share === 1) return 1;
    return Math.min(1, this.share + ((nowMs - this.asOfMs) / SECOND_MS) * RECOVERY_PER_SECOND);
  }
}
