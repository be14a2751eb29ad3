import { CLOCK } from '@daybreak/config';
import { Database, type Sql } from '@daybreak/database';
import { within, type Clock } from '@daybreak/kernel';
import { LOGGER, type Logger } from '@daybreak/observability';
import { sendWindowFrom, type SendWindow } from '@daybreak/timing';
import { Inject, Injectable } from '@nestjs/common';
import { TakeConsent } from '../states/take-consent.js';
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
    private readonly consent: TakeConsent,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @returns those that are of another plan than their run is bound to: they are not staged */
  async all(planned: readonly PlannedDelivery[]): Promise<readonly PlannedDelivery[]> {
    if (planned.length === 0) return [];
    await this.staging.ensurePartitions(new Set(planned.map(({ run }) => run.runDate)));
    const staged = await this.database.transaction((tx) => this.stage(tx, planned));
    const runDates = staged.map(({ run }) => run.runDate);
    await this.consent.planned(
      staged.map(({ delivery }) => delivery.recipientId),
      runDates,
      this.clock.nowMs(),
    );
    await this.wakeInTime(staged);
    const isStaged = new Set(staged);
    return planned.filter((one) => !isStaged.has(one));
  }

  private async stage(tx: Sql, planned: readonly PlannedDelivery[]): Promise<PlannedDelivery[]> {
    const runs = new Map(planned.map(({ run }) => [run.runId, run]));
    await this.staging.announceRuns(tx, [...runs.values()]);
    const bound = await this.staging.planHashes(tx, [...runs.keys()]);
    const ofPlan = planned.filter(({ run }) => bound.get(run.runId) === run.planHash);
    for (const [runDate, ofDate] of Map.groupBy(ofPlan, ({ run }) => run.runDate)) {
      await this.staging.addContents(tx, runDate, new Map(ofDate.map(({ delivery, content }) => [delivery.contentId, content])));
      await this.staging.addDeliveries(
        tx,
        runDate,
        ofDate.map(({ delivery }) => delivery),
      );
    }
    return ofPlan;
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
