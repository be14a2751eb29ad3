const WORTH_COMPACTING = 1_024;

/** First in, first out, however many wait: an app that answers slowly lets a hundred thousand pile up. */
export class Backlog<T> {
  private items: T[] = [];
  private head = 0;

  get size(): number {
    return this.items.length - this.head;
  }

  push(item: T): void {
    this.items.push(item);
  }

  /** The oldest, at most so many. */
  take(most: number): T[] {
    const taken = this.items.slice(this.head, this.head + most);
    this.head += taken.length;
    if (this.head >= WORTH_COMPACTING && this.head * 2 >= this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return taken;
  }
}
