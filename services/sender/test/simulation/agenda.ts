type Event = () => void;

/** What is to happen, in the order of its instants; of one instant, in the order in which it was put down. A binary heap: millions of events a minute go through it. */
export class Agenda {
  private readonly atMs: number[] = [];
  private readonly places: number[] = [];
  private readonly events: Event[] = [];
  private putDown = 0;

  /** When the next event is; infinite when none is. */
  get nextAtMs(): number {
    return this.atMs[0] ?? Number.POSITIVE_INFINITY;
  }

  add(atMs: number, event: Event): void {
    this.atMs.push(atMs);
    this.places.push(this.putDown++);
    this.events.push(event);
    for (let i = this.events.length - 1; i > 0;) {
      const parent = (i - 1) >> 1;
      if (!this.isBefore(i, parent)) return;
      this.swap(i, parent);
      i = parent;
    }
  }

  /** Takes the next event out; undefined when none is left. */
  take(): Event | undefined {
    const last = this.events.length - 1;
    if (last < 0) return undefined;
    this.swap(0, last);
    const event = this.events.pop();
    this.atMs.pop();
    this.places.pop();
    for (let i = 0; ;) {
      const [left, right] = [2 * i + 1, 2 * i + 2];
      const child = right < last && this.isBefore(right, left) ? right : left;
      if (child >= last || !this.isBefore(child, i)) return event;
      this.swap(i, child);
      i = child;
    }
  }

  private isBefore(i: number, j: number): boolean {
    const ms = (this.atMs[i] ?? 0) - (this.atMs[j] ?? 0);
    return ms < 0 || (ms === 0 && (this.places[i] ?? 0) < (this.places[j] ?? 0));
  }

  private swap(i: number, j: number): void {
    for (const list of [this.atMs, this.places, this.events] as unknown[][]) [list[i], list[j]] = [list[j], list[i]];
  }
}
