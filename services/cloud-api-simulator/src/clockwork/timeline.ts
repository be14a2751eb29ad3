import type { Clock } from '@daybreak/kernel';

interface Happening {
  readonly atMs: number;
  readonly order: number;
  readonly happen: (atMs: number) => void;
}

/** Longest turn of the event loop spent on happenings before requests are served again. Real milliseconds. */
const TURN_BUDGET_MS = 5;
const MAX_TIMER_MS = 2 ** 31 - 1; // setTimeout fires at once above this

/**
 * Everything that will happen later, by the simulated clock: one heap and one timer, however many messages are under way.
 * What is due at the same instant happens in the order it was planned.
 */
export class Timeline {
  private readonly heap: Happening[] = [];
  private planned = 0;
  private timer: NodeJS.Timeout | undefined;
  private armedForMs = Infinity;
  private stopped = false;

  /** @param onError told of a happening that threw; the others go on */
  constructor(
    private readonly clock: Clock,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Plans one thing for an instant of the clock (epoch ms). It is told the instant it was planned for, not the one it ran at. */
  at(atMs: number, happen: (atMs: number) => void): void {
    this.push({ atMs, order: this.planned++, happen });
    this.arm();
  }

  get size(): number {
    return this.heap.length;
  }

  /** When the next thing is due, epoch ms; undefined when nothing is planned. */
  get nextAtMs(): number | undefined {
    return this.heap[0]?.atMs;
  }

  /** Lets everything happen that is due by now; returns false when it had to leave some for the next turn. */
  runDue(budgetMs = Infinity): boolean {
    const turnEndsAt = performance.now() + budgetMs;
    for (let next = this.heap[0]; next !== undefined && next.atMs <= this.clock.nowMs(); next = this.heap[0]) {
      this.pop();
      try {
        next.happen(next.atMs);
      } catch (error) {
        this.onError(error);
      }
      if (performance.now() > turnEndsAt) return false;
    }
    return true;
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.heap.length = 0;
  }

  private arm(): void {
    const next = this.heap[0];
    if (this.stopped || next === undefined || next.atMs >= this.armedForMs) return;
    clearTimeout(this.timer);
    this.armedForMs = next.atMs;
    this.timer = setTimeout(this.turn, Math.min(Math.ceil(this.clock.realMsUntil(next.atMs)), MAX_TIMER_MS));
    this.timer.unref();
  }

  private readonly turn = (): void => {
    this.armedForMs = -Infinity; // nothing planned meanwhile may arm a second timer
    const done = this.runDue(TURN_BUDGET_MS);
    this.armedForMs = Infinity;
    if (done) this.arm();
    else if (!this.stopped) {
      this.armedForMs = -Infinity;
      setImmediate(this.turn);
    }
  };

  private push(happening: Happening): void {
    const { heap } = this;
    let index = heap.push(happening) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as Happening;
      if (isBefore(above, happening)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = happening;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Happening, heap[child] as Happening)) child += 1;
      const below = heap[child] as Happening;
      if (isBefore(last, below)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
  }
}

const isBefore = (a: Happening, b: Happening): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
