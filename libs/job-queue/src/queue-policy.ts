import type { DefaultJobOptions } from 'bullmq';

/** How one kind of queue runs. Times are real milliseconds: they guard processes, not the window. */
export interface QueuePolicy {
  /** Jobs of one worker at the same time. */
  readonly concurrency: number;
  /** A worker that does not renew its lock for so long has died; another takes the job. Keep the event loop free. */
  readonly lockDuration: number;
  readonly stalledInterval: number;
  /** How often a job may lose its worker before it is given up. */
  readonly maxStalledCount: number;
  readonly job: DefaultJobOptions;
  /**
   * Jobs of the whole queue in one fixed window, kept in Redis: a net under a flood of jobs, not a throttle. Workers have no limiter of their
   * own, ever: BullMQ then takes the number from one and the span from the other (measured: eleven times the limit).
   */
  readonly atMost: { readonly jobs: number; readonly withinMs: number } | null;
}

const DAY_S = 86_400;

// Removed jobs are not remembered: the same id would be taken again. Kept past the day they belong to.
const KEPT: DefaultJobOptions = { removeOnComplete: { age: 2 * DAY_S, count: 20_000 }, removeOnFail: { age: 7 * DAY_S } };

/** Adding a kind of queue without saying how it runs does not compile. */
export const QUEUE_POLICY = {
  // Only a wake-up: running a slice twice claims nothing twice, so a stalled one is simply run again. A takeover needs it within seconds.
  // One slice a second is planned, ten at ten times the speed.
  slice: {
    concurrency: 2,
    lockDuration: 10_000,
    stalledInterval: 3_000,
    maxStalledCount: 3,
    job: { ...KEPT, attempts: 1 },
    atMost: { jobs: 10, withinMs: 100 },
  },
  // Only a nudge: the run's row and the tick of every replica are what starts a run.
  'run-nudge': {
    concurrency: 1,
    lockDuration: 10_000,
    stalledInterval: 5_000,
    maxStalledCount: 3,
    job: { ...KEPT, attempts: 1 },
    atMost: null,
  },
  // Calls the Cloud API, page after page.
  'template-sync': {
    concurrency: 1,
    lockDuration: 120_000,
    stalledInterval: 30_000,
    maxStalledCount: 1,
    job: { ...KEPT, attempts: 3, backoff: { type: 'exponential', delay: 5_000, jitter: 0.5 } },
    atMost: null,
  },
} as const satisfies Record<string, QueuePolicy>;

/** The kinds of queues there are. */
export type QueueKind = keyof typeof QUEUE_POLICY;
