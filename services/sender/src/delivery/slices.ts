import { CLOCK } from '@daybreak/config';
import { JobQueues, shardQueueName } from '@daybreak/job-queue';
import type { Clock } from '@daybreak/kernel';
import { sliceOf, type SendWindow } from '@daybreak/timing';
import { Inject, Injectable } from '@nestjs/common';

/** The owner is woken this much earlier than its slice begins, real ms: time to claim. */
export const WAKE_AHEAD_MS = 300;

/** Slices that were queued by this process, so that the next batch of the same plan does not queue them again. */
const MOST_REMEMBERED = 20_000;

export interface DueDelivery {
  readonly runId: string;
  readonly shardId: string;
  readonly dueAtMs: number;
}

/** One job per shard and second of the window. It carries no data: its run claims whatever is due. */
@Injectable()
export class Slices {
  private readonly queued = new Set<string>();

  constructor(
    private readonly queues: JobQueues,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The same slice staged twice is one job. A job too few does no harm: the sweeper finds what no job woke. */
  async plan(due: readonly DueDelivery[], windows: ReadonlyMap<string, SendWindow>): Promise<void> {
    const jobsByShard = new Map<string, Map<string, number>>();
    for (const delivery of due) {
      const window = windows.get(delivery.runId);
      if (!window) continue;
      const slice = sliceOf(delivery.dueAtMs, window);
      const jobId = `${delivery.runId}-${delivery.shardId}-${slice.index}`;
      if (this.queued.has(jobId)) continue;
      const jobs = jobsByShard.get(delivery.shardId) ?? new Map<string, number>();
      jobsByShard.set(delivery.shardId, jobs.set(jobId, Math.round(Math.max(0, this.clock.realMsUntil(slice.opensAt) - WAKE_AHEAD_MS))));
    }
    for (const [shardId, jobs] of jobsByShard) {
      await this.queues
        .queue('slice', shardQueueName(shardId))
        .addBulk([...jobs].map(([jobId, delay]) => ({ name: 'slice', data: {}, opts: { jobId, delay } })));
      if (this.queued.size > MOST_REMEMBERED) this.queued.clear();
      for (const jobId of jobs.keys()) this.queued.add(jobId);
    }
  }
}
