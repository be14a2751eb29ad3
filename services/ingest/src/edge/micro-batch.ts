/** Thrown at a caller who would make more wait than the process may hold. */
export class BufferFull extends Error {
  constructor(limit: number) {
    super(`more than ${limit} events would wait`);
    this.name = 'BufferFull';
  }
}

interface Entry<T, R> {
  readonly items: readonly T[];
  readonly settle: (outcome: Promise<R>) => void;
}

export interface MicroBatchOptions {
  /** Most items of one flush; a single caller's items stay together, also when they are more. */
  readonly maxItems: number;
  /** Most items that may wait, the ones in flight included. */
  readonly maxWaiting: number;
  /** Told whenever the number of waiting items changes. */
  readonly onWaiting?: (items: number) => void;
}

/**
 * Joins what many callers hand over at the same time into one flush, one flush in flight. Under load batches grow by themselves;
 * a lonely caller waits for nobody. Urgent entries go first.
 */
export class MicroBatch<T, R = void> {
  private readonly urgent: Entry<T, R>[] = [];
  private readonly ordinary: Entry<T, R>[] = [];
  private waiting = 0;
  private running: Promise<void> | undefined;

  constructor(
    private readonly flush: (items: readonly T[]) => Promise<R>,
    private readonly options: MicroBatchOptions,
  ) {}

  /** Resolves with what the flush that held these items resolved with. Rejects with `BufferFull` without taking any of them. */
  add(items: readonly T[], { urgent = false }: { readonly urgent?: boolean } = {}): Promise<R> {
    if (this.waiting + items.length > this.options.maxWaiting) return Promise.reject(new BufferFull(this.options.maxWaiting));
    this.count(items.length);
    return new Promise<R>((resolve) => {
      (urgent ? this.urgent : this.ordinary).push({ items, settle: resolve });
      this.running ??= this.run();
    });
  }

  private async run(): Promise<void> {
    await new Promise(setImmediate); // whoever comes in this turn of the event loop comes along
    while (this.waiting > 0) {
      const entries = this.take();
      const items = entries.length === 1 ? (entries[0]?.items ?? []) : entries.flatMap((entry) => entry.items);
      const outcome = this.flush(items);
      await outcome.catch(() => undefined); // the callers get the reason, each of them
      this.count(-items.length);
      for (const entry of entries) entry.settle(outcome);
    }
    this.running = undefined;
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

  private count(delta: number): void {
    this.waiting += delta;
    this.options.onWaiting?.(this.waiting);
  }
}
