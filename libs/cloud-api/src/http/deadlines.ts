/** What to do when a time limit passes. */
export interface Deadline {
  readonly expiresAtMs: number;
  expire(): void;
}

const TICK_MS = 50;

/**
 * Time limits of exchanges, by the monotonic clock. One timer for all of them: a timer (or an AbortSignal) per
 * request costs more than the request's own bookkeeping at thousands a second. Late by at most one tick.
 */
export class Deadlines {
  /** Per duration, in the order they were added, which is also the order in which they expire. */
  private readonly queues = new Map<number, Set<Deadline>>();
  private timer: NodeJS.Timeout | undefined;

  add(durationMs: number, expire: () => void): () => void {
    const deadline: Deadline = { expiresAtMs: performance.now() + durationMs, expire };
    let queue = this.queues.get(durationMs);
    if (!queue) this.queues.set(durationMs, (queue = new Set()));
    queue.add(deadline);
    this.timer ??= setInterval(() => this.sweep(), TICK_MS).unref();
    return () => queue.delete(deadline);
  }

  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.queues.clear();
  }

  private sweep(): void {
    const now = performance.now();
    let waiting = 0;
    for (const queue of this.queues.values()) {
      for (const deadline of queue) {
        if (deadline.expiresAtMs > now) break;
        queue.delete(deadline);
        deadline.expire();
      }
      waiting += queue.size;
    }
    if (waiting > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
