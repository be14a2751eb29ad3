import { Alarm } from '@daybreak/kernel';

/** Thrown at a caller who would make more wait than the process may hold. */
export class BufferFull extends Error {
  constructor() {
    super('more events, or more bytes of them, would wait than the process may hold');
    this.name = 'BufferFull';
  }
}

interface Entry<T, R> {
  readonly items: readonly T[];
  readonly bytes: number;
  readonly resolve: (result: R) => void;
  readonly reject: (reason: unknown) => void;
}

export interface MicroBatchOptions {
  /** Most items of one flush; a single caller's items stay together, also when they are more. */
  readonly maxItems: number;
  /** Most items that may wait, the ones in flight included. */
  readonly maxWaiting: number;
  /** Most bytes of them. */
  readonly maxWaitingBytes: number;
  /** Least time between the beginnings of two flushes of little, real ms: each costs about the same, however much it carries. */
  readonly spacingMs: number;
  /** So many items are worth a flush of their own, whenever the last one was. */
  readonly enough: number;
  /** Told whenever the number of waiting items changes. */
  readonly onWaiting?: (items: number) => void;
}

/** Of all room, what a flood of ordinary entries leaves to urgent ones. */
const RESERVED_SHARE = 0.2;

/**
 * Joins what many callers hand over at the same time into one flush, one flush in flight. Under load batches grow, and come no faster than
 * their spacing unless they carry much; a lonely caller waits for nobody. Urgent entries go first, and find room when ordinary ones do no more.
 */
export class MicroBatch<T, R = void> {
  private readonly urgent: Entry<T, R>[] = [];
  private readonly ordinary: Entry<T, R>[] = [];
  private waiting = 0;
  private waitingBytes = 0;
  private running: Promise<void> | undefined;
  /** `performance.now()` before which no flush begins. */
  private nextAtMonoMs = 0;
  /** Ends the wait for more company. */
  private readonly enough = new Alarm();

  constructor(
    private readonly flush: (items: readonly T[]) => Promise<R>,
    private readonly options: MicroBatchOptions,
  ) {}

  /** Resolves with what the flush that held these items resolved with. Rejects with `BufferFull` without taking any of them. */
  add(items: readonly T[], { urgent = false, bytes = 0 }: { readonly urgent?: boolean; readonly bytes?: number } = {}): Promise<R> {
    const share = urgent ? 1 : 1 - RESERVED_SHARE;
    const { maxWaiting, maxWaitingBytes } = this.options;
    if (this.waiting + items.length > maxWaiting * share || this.waitingBytes + bytes > maxWaitingBytes * share)
      return Promise.reject(new BufferFull());
    this.count(items.length, bytes);
    return new Promise<R>((resolve, reject) => {
      (urgent ? this.urgent : this.ordinary).push({ items, bytes, resolve, reject });
      this.running ??= this.run();
      if (this.waiting >= this.options.enough) this.enough.ring();
    });
  }

  private async run(): Promise<void> {
    await new Promise(setImmediate); // whoever comes in this turn of the event loop comes along
    while (this.waiting > 0) {
      await this.company(this.nextAtMonoMs - performance.now());
      this.nextAtMonoMs = performance.now() + this.options.spacingMs;
      const entries = this.take();
      const items = entries.length === 1 ? (entries[0]?.items ?? []) : entries.flatMap((entry) => entry.items);
      const tell = await this.flush(items).then(
        (result) => (entry: Entry<T, R>) => entry.resolve(result),
        (reason: unknown) => (entry: Entry<T, R>) => entry.reject(reason), // to each of the callers
      );
      for (const entry of entries) {
        this.count(-entry.items.length, -entry.bytes);
        tell(entry);
      }
    }
    this.running = undefined;
  }

  /** Resolves after `ms`, or once enough is waiting. */
  private async company(ms: number): Promise<void> {
    this.enough.reset(); // it may have been told of what is gone by now
    if (this.waiting < this.options.enough) await this.enough.wait(ms);
  }

  private take(): Entry<T, R>[] {
    const entries: Entry<T, R>[] = [];
    let size = 0;
    for (const lane of [this.urgent, this.ordinary]) {
      let taken = 0;
      for (const entry of lane) {
        if (size > 0 && size + entry.items.length > this.options.maxItems) break;
        size += entry.items.length;
        taken += 1;
        entries.push(entry);
      }
      lane.splice(0, taken);
    }
    return entries;
  }

  private count(items: number, bytes: number): void {
    this.waiting += items;
    this.waitingBytes += bytes;
    this.options.onWaiting?.(this.waiting);
  }
}
