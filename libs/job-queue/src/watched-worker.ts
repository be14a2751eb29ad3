import { metrics } from '@daybreak/observability';
import type { Job, Queue, Worker } from 'bullmq';
import { Watchdog } from './watchdog.js';

/** A job without work: that it is taken proves that jobs are. */
const CANARY = 'canary';

/** Whether a job is one of the watch, and no work. */
export const isCanary = (job: Pick<Job, 'name'>): boolean => job.name === CANARY;

/** Real ms. */
export interface WatchTimes {
  /** How long jobs may wait beside an idle worker. */
  readonly patienceMs: number;
  readonly canaryEveryMs: number;
  readonly lookEveryMs: number;
}

/** Jobs of a worker that are in hand, counted where they are done: BullMQ tells of no end when a job, or its lock, went with its Redis. */
export class JobsInHand {
  private count = 0;
  private tookOne: (job: Pick<Job, 'name'>) => void = () => undefined;

  get active(): number {
    return this.count;
  }

  onTake(listener: (job: Pick<Job, 'name'>) => void): void {
    this.tookOne = listener;
  }

  async during<T>(job: Pick<Job, 'name'>, work: () => Promise<T>): Promise<T> {
    this.count += 1;
    this.tookOne(job);
    try {
      return await work();
    } finally {
      this.count -= 1;
    }
  }
}

/** A worker and its queue, looked at from outside: what waits, what is taken, and between mornings a canary now and then. */
export class WatchedWorker {
  private readonly watchdog: Watchdog;
  private canaryAddedAtMs = Number.NEGATIVE_INFINITY;
  private canaryRanAtMs: number | undefined;

  constructor(
    readonly worker: Worker,
    private readonly queue: Queue,
    private readonly inHand: JobsInHand,
    private readonly times: WatchTimes,
  ) {
    this.watchdog = new Watchdog(times.patienceMs);
    inHand.onTake((job) => {
      this.watchdog.pickedUp();
      if (isCanary(job)) this.canaryRanAtMs = performance.now();
    });
  }

  get name(): string {
    return this.worker.name;
  }

  /** Asks Redis. Throws when it does not answer. */
  async look(nowMs: number): Promise<void> {
    const { worker, queue, watchdog } = this;
    const counts = await queue.getJobCounts('waiting', 'delayed', 'active', 'failed');
    for (const [state, jobs] of Object.entries(counts)) metrics.queueJobs.set({ queue: queue.name, state }, jobs);
    const running = worker.isRunning() && !worker.isPaused() && !(await queue.isPaused());
    watchdog.observe({ running, active: this.inHand.active, waiting: counts['waiting'] ?? 0 }, nowMs);
    if (this.canaryRanAtMs !== undefined) metrics.queueCanaryAge.set({ queue: queue.name }, (nowMs - this.canaryRanAtMs) / 1_000);
    if (running && nowMs - this.canaryAddedAtMs >= this.times.canaryEveryMs) await this.addCanary(nowMs);
  }

  /** Jobs wait, and it has stopped taking any. Asks nothing of Redis. */
  isDead(nowMs: number): boolean {
    return this.watchdog.isDead(nowMs);
  }

  /** One at a time: while the last one waits, another is the same job. */
  private async addCanary(nowMs: number): Promise<void> {
    await this.queue.add(CANARY, {}, { jobId: CANARY, removeOnComplete: true, removeOnFail: true });
    this.canaryAddedAtMs = nowMs;
  }
}
