import { shardQueueName, type JobQueues } from '@daybreak/job-queue';
import type { Clock } from '@daybreak/kernel';
import { metrics, type Logger } from '@daybreak/observability';
import { SLICE_MS } from '@daybreak/timing';
import type { MoveDeliveries } from '../delivery/move-deliveries.js';
import { WAKE_AHEAD_MS } from '../delivery/slices.js';
import type { Sweeper } from '../delivery/sweeper.js';
import type { Media } from '../media/media.js';
import type { ReplyLane } from '../replies/reply-lane.js';
import type { KnownStates } from '../states/known-states.js';
import type { ReportShard } from './report-shard.js';
import type { ShardLease } from './shard-lease.js';
import type { ShardRunner } from './shard-runner.js';

export interface OwnedShardParts {
  readonly queues: JobQueues;
  readonly runner: ShardRunner;
  readonly replies: ReplyLane;
  readonly sweeper: Sweeper;
  readonly reporter: ReportShard;
  readonly media: Media;
  readonly moves: MoveDeliveries;
  readonly states: KnownStates;
  readonly clock: Clock;
  readonly logger: Logger;
}

const TICK_MS = 1_000;
/** While a window is open media are looked for so seldom: each look reads all that still waits, and what this morning needs was uploaded before it. Real ms. */
const MEDIA_LOOK_IN_WINDOW_MS = 3_000;

const OWNERS_GAUGES = [
  metrics.shardEpoch,
  metrics.shardQueueDue,
  metrics.sendInflight,
  metrics.throttleRate,
  metrics.throttleMaximum,
  metrics.throttleUtilisation,
  metrics.deliveriesStaged,
  metrics.ambiguousSends,
];

/** Due rows, an open gate, and no pick-up for so long: something in this shard has died without an error. Real ms. */
const STUCK_AFTER_MS = 15_000;

/** A shard while this pod holds its lease: the runner, and everything that ticks beside it. */
export class OwnedShard {
  private readonly stops: (() => Promise<unknown>)[] = [];
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;
  private ticking: Promise<void> = Promise.resolve();
  private uploading = false;
  /** `performance.now()` when media were looked for last. */
  private mediaLookMonoMs = Number.NEGATIVE_INFINITY;
  private overdueSinceMonoMs: number | undefined;

  constructor(
    readonly lease: ShardLease,
    private readonly parts: OwnedShardParts,
  ) {}

  get shardId(): string {
    return this.lease.shardId;
  }

  /** Messages per second that may be sent now. */
  get allowedRate(): number {
    return this.parts.runner.allowedRate;
  }

  start(): void {
    const { queues, replies, runner } = this.parts;
    const worker = queues.createWorker('slice', shardQueueName(this.shardId), () => {
      this.wake();
      return Promise.resolve();
    });
    this.stops.push(() => worker.close(true)); // its jobs only wake; a Redis that is away must not hold up a hand-over
    replies.start(() => this.wake());
    metrics.shardEpoch.set({ shard_id: this.shardId }, this.lease.epoch);
    metrics.shardOwner.set({ shard_id: this.shardId, owner: this.lease.owner }, 1);
    this.parts.logger.info({ shardId: this.shardId, epoch: this.lease.epoch }, 'this pod owns the shard');
    this.wake();
    this.again(0);
    this.stops.push(() => runner.stop());
  }

  /** Ends in order: no new work, answers awaited, results written. What was claimed and not posted is handed back. */
  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    clearTimeout(this.timer);
    // All at once: neither a look nor a sweep that waits for a database that is away may keep the runner from writing its results.
    const ends = await Promise.allSettled([this.parts.replies.stop(), this.ticking, ...this.stops.map((stop) => stop())]);
    metrics.shardOwner.remove({ shard_id: this.shardId, owner: this.lease.owner });
    // The next owner says them; two pods must not.
    for (const gauge of OWNERS_GAUGES) gauge.remove({ shard_id: this.shardId });
    const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
    if (failures.length > 0) throw new AggregateError(failures, 'the shard did not stop in order');
  }

  /** Deliveries are due and may go, yet nothing is picked up. */
  isStuck(): boolean {
    const sinceMs = this.overdueSinceMonoMs;
    return sinceMs !== undefined && performance.now() - Math.max(sinceMs, this.parts.runner.lastPickUp) > STUCK_AFTER_MS;
  }

  /** A slice begins, or something overdue was found: look for due deliveries until it must have been seen. */
  private wake(): void {
    const { clock, runner } = this.parts;
    runner.wake(clock.nowMs() + (WAKE_AHEAD_MS + TICK_MS) * clock.speed + SLICE_MS);
  }

  private again(inMs: number): void {
    this.timer = setTimeout(() => {
      this.ticking = this.tick().then(() => {
        if (!this.stopped) this.again(TICK_MS);
      });
    }, inMs);
  }

  private async tick(): Promise<void> {
    const { sweeper, runner, reporter, moves, logger } = this.parts;
    const { shardId } = this;
    const orLog = (what: string) => (error: unknown) => logger.warn({ err: error, shardId }, what);
    void this.upload().catch(orLog('media could not be prepared'));
    await sweeper
      .sweep(this.lease, (deliveryId) => runner.holds(deliveryId))
      .catch(orLog('the sweep did not succeed; the next one tries again'));
    await moves.consider(this.lease, runner).catch(orLog('deliveries could not be handed to other numbers; the next look tries again'));
    await this.findOverdue().catch((error: unknown) => {
      this.overdueSinceMonoMs = undefined; // a database that is away is no fault of the runner's: nothing may be claimed without it
      orLog('overdue deliveries could not be looked for')(error);
    });
    await reporter.report(runner).catch(orLog('the shard could not report; the next report replaces this one'));
  }

  /** What no job woke: Redis was away, or was emptied. */
  private async findOverdue(): Promise<void> {
    const { due, claimable } = await this.parts.runner.overdue();
    metrics.shardQueueDue.set({ shard_id: this.shardId }, due);
    this.overdueSinceMonoMs =
      claimable > 0 && this.parts.runner.allowedRate > 0 ? (this.overdueSinceMonoMs ?? performance.now()) : undefined;
    if (due > 0) this.wake();
  }

  private async upload(): Promise<void> {
    const { clock, states } = this.parts;
    const shard = states.shard(this.shardId);
    if (this.uploading || !shard) return;
    const nowMs = clock.nowMs();
    const sinceMs = performance.now() - this.mediaLookMonoMs;
    if (sinceMs < MEDIA_LOOK_IN_WINDOW_MS && states.runs.some(({ window }) => nowMs >= window.opensAt && nowMs < window.closesAt)) return;
    this.uploading = true;
    this.mediaLookMonoMs = performance.now();
    try {
      const { media } = this.parts;
      while (!this.stopped && this.lease.isFresh() && (await media.verify(shard)) + (await media.prepare(shard)) > 0);
    } finally {
      this.uploading = false;
    }
  }
}
