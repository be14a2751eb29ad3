import { BufferFull } from './micro-batch.js';

/**
 * Lets so many through in one turn of the event loop, in the order in which they came; the others wait for the next turns. Between two turns the
 * loop hears what stores answer: what waits for five answers would else wait five times for everything that came in at the same time.
 */
export class Turnstile {
  private readonly waiting: { readonly bytes: number; readonly resolve: () => void }[] = [];
  private waitingBytes = 0;
  private passed = 0;
  private turning = false;

  /** @param mostWaitingBytes of those who wait, together */
  constructor(
    private readonly perTurn: number,
    private readonly mostWaitingBytes: number,
  ) {}

  /** Rejects with `BufferFull` when more would wait than may. @param bytes that are held while it waits */
  pass(bytes: number): Promise<void> {
    this.turn();
    if (this.passed < this.perTurn) {
      this.passed += 1; // nobody waits: those were let through first
      return Promise.resolve();
    }
    if (this.waitingBytes + bytes > this.mostWaitingBytes) return Promise.reject(new BufferFull());
    this.waitingBytes += bytes;
    return new Promise((resolve) => this.waiting.push({ bytes, resolve }));
  }

  private turn(): void {
    if (this.turning) return;
    this.turning = true;
    setImmediate(() => {
      this.turning = false;
      const next = this.waiting.splice(0, this.perTurn);
      this.passed = next.length;
      if (next.length > 0) this.turn();
      for (const { bytes, resolve } of next) {
        this.waitingBytes -= bytes;
        resolve();
      }
    });
  }
}
