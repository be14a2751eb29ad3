import { Database } from '@daybreak/database';
import { within } from '@daybreak/kernel';
import { LOGGER, type Logger } from '@daybreak/observability';
import { sendWindowFrom, type SendWindow } from '@daybreak/timing';
import { Inject, Injectable } from '@nestjs/common';
import { StagingRepository, type AnnouncedRun, type StagedDelivery } from '../store/staging.repository.js';
import type { Content } from './claim.js';
import { Slices } from './slices.js';

export interface PlannedDelivery {
  readonly run: AnnouncedRun;
  readonly content: Content;
  readonly delivery: StagedDelivery;
}

/** Redis is only the alarm clock: staging does not wait for it longer than this. */
const QUEUE_PATIENCE_MS = 2_000;

/** Planned deliveries become rows, and the seconds they are due in become jobs. */
@Injectable()
export class StageDeliveries {
  constructor(
    private readonly database: Database,
    private readonly staging: StagingRepository,
    private readonly slices: Slices,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async all(planned: readonly PlannedDelivery[]): Promise<void> {
    if (planned.length === 0) return;
    const byDate = Map.groupBy(planned, ({ run }) => run.runDate);
    await this.staging.ensurePartitions(byDate.keys());
    await this.database.transaction(async (tx) => {
      await this.staging.announceRuns(tx, [...new Map(planned.map(({ run }) => [run.runId, run])).values()]);
      for (const [runDate, ofDate] of byDate) {
        await this.staging.addContents(tx, runDate, new Map(ofDate.map(({ delivery, content }) => [delivery.contentId, content])));
        await this.staging.addDeliveries(
          tx,
          runDate,
          ofDate.map(({ delivery }) => delivery),
        );
      }
    });
    await this.wakeInTime(planned);
  }

  /** After the commit, and never its undoing: rows without a job are found by the sweeper. */
  private async wakeInTime(planned: readonly PlannedDelivery[]): Promise<void> {
    const windows = new Map(planned.map(({ run }) => [run.runId, windowOf(run)]));
    const queueing = this.slices.plan(
      planned.map(({ delivery }) => delivery),
      windows,
    );
    try {
      await within(QUEUE_PATIENCE_MS, queueing);
    } catch (error) {
      this.logger.warn({ err: error, deliveries: planned.length }, 'slices were not queued; the sweeper will find their deliveries');
    }
  }
}

const windowOf = ({ opensAtMs, closesAtMs, deadlineAtMs }: AnnouncedRun): SendWindow =>
  sendWindowFrom({
    freezeAt: opensAtMs,
    stagedBy: opensAtMs,
    opensAt: opensAtMs,
    firstAttemptsEndAt: closesAtMs,
    closesAt: closesAtMs,
    deadlineAt: deadlineAtMs,
    liveSealAt: deadlineAtMs,
    finalSealAt: deadlineAtMs,
  });
