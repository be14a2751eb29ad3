/**
 * A wait that others may end. Who rings while nobody waits ends the next wait before it begins, so that no ring falls between a look and the
 * wait that follows it.
 */
export class Alarm {
  private rung = false;
  private end: () => void = () => undefined;

  /** Ends the wait under way, or the next. */
  ring(): void {
    this.rung = true;
    this.end();
  }

  /** Forgets a ring that nobody waited for: what it told of is about to be looked at. */
  reset(): void {
    this.rung = false;
  }

  /** Resolves after so many ms of real time, or when it rings; one wait at a time. */
  async wait(ms: number): Promise<void> {
    if (!this.rung && ms > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.ceil(ms));
        this.end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.rung = false;
  }
}
