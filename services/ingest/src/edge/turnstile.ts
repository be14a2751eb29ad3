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
  private somebodyIsAtTheDoor = false;

  /** @param mostWaitingBytes of those who wait, together */
  constructor(
    private readonly perTurn: number,
    private readonly mostWaitingBytes: number,
  ) {}

  /** Rejects with `BufferFull` when more would wait than may. @param bytes that are held while it waits */
  pass(bytes: number): Promise<void> {
    this.turn();
    if (this.waiting.length === 0 && this.passed < this.most) {
      this.passed += 1;
      return Promise.resolve();
    }
    if (this.waitingBytes + bytes > this.mostWaitingBytes) return Promise.reject(new BufferFull());
    this.waitingBytes += bytes;
    return new Promise((resolve) => this.waiting.push({ bytes, resolve }));
  }

  /** Makes this turn a short one: a connection was let in, the loop lets in one a turn, and a hundred more may be waiting for theirs. */
  hurry(): void {
    this.somebodyIsAtTheDoor = true;
    this.turn();
  }

  private get most(): number {
    return this.somebodyIsAtTheDoor ? 1 : this.perTurn;
  }

  private turn(): void {
    if (this.turning) return;
    this.turning = true;
    setImmediate(() => {
      this.turning = false;
      const next = this.waiting.splice(0, this.most);
      this.somebodyIsAtTheDoor = false;
      this.passed = next.length;
      if (next.length > 0) this.turn();
      for (const { bytes, resolve } of next) {
        this.waitingBytes -= bytes;
        resolve();
      }
    });
  }
}
