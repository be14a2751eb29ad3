/** What is known of one worker. */
export interface WorkerSigns {
  /** False while it is paused or closing: then it owes nothing. */
  readonly running: boolean;
  /** Jobs in hand now. */
  readonly active: number;
  /** Jobs that any worker of the queue could take now. */
  readonly waiting: number;
}

/**
 * Workers can die without an error: connected, "running", and never again taking a job. Only this shows it: jobs wait, the worker has
 * hands free, and takes none.
 */
export class Watchdog {
  private idleSinceMs: number | undefined;

  /** @param patienceMs how long jobs may wait beside an idle worker */
  constructor(private readonly patienceMs: number) {}

  /** The worker took a job. */
  pickedUp(): void {
    this.idleSinceMs = undefined;
  }

  observe(signs: WorkerSigns, nowMs: number): void {
    const owes = signs.running && signs.active === 0 && signs.waiting > 0;
    if (!owes) this.idleSinceMs = undefined;
    else this.idleSinceMs ??= nowMs;
  }

  isDead(nowMs: number): boolean {
    return this.idleSinceMs !== undefined && nowMs - this.idleSinceMs > this.patienceMs;
  }
}
