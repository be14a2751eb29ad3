/** At most this part of the time is spent on computing one value. */
const DUTY = 0.1;

interface Held<T> {
  readonly value: Promise<T>;
  /** On `performance.now()`; infinite while it is being computed. */
  freshUntilMs: number;
}

/**
 * Values that are dear to compute and asked for often: each is kept for a moment, at least `shortestMs` and nine times as
 * long as it took. Who asks meanwhile shares the answer. A failure is not kept.
 */
export class Paced<T> {
  private readonly held = new Map<string, Held<T>>();

  constructor(private readonly shortestMs: number) {}

  get(key: string, compute: () => Promise<T>): Promise<T> {
    const known = this.held.get(key);
    if (known && performance.now() < known.freshUntilMs) return known.value;
    const startedMs = performance.now();
    const computing: Held<T> = { value: compute(), freshUntilMs: Number.POSITIVE_INFINITY };
    this.held.set(key, computing);
    computing.value.then(
      () => {
        const tookMs = performance.now() - startedMs;
        computing.freshUntilMs = performance.now() + Math.max(this.shortestMs, tookMs * (1 / DUTY - 1));
      },
      () => this.held.delete(key),
    );
    return computing.value;
  }
}
