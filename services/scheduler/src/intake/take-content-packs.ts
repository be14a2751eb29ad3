import { timestampMs } from '@bufbuild/protobuf/wkt';
import { CLOCK, CONFIG } from '@daybreak/config';
import type { ContentPackReady, ContentPackWithdrawn } from '@daybreak/contracts';
import { Database, Inbox, type Sql } from '@daybreak/database';
import type { Received, Rejection } from '@daybreak/event-bus';
import { invalid, type Clock, type Violation } from '@daybreak/kernel';
import { localDateOf } from '@daybreak/timing';
import { Inject, Injectable } from '@nestjs/common';
import { PackRejectionPublisher } from '../outbound/pack-rejection.publisher.js';
import type { SchedulerConfig } from '../scheduler.config.js';
import { ContentPackRepository, type PackWithdrawal } from '../store/content-pack.repository.js';
import { RunRepository } from '../store/run.repository.js';
import { contentPackReader, type ApprovedPack } from './content-pack.mapper.js';
import { sortOut, type Taken } from './sort-out.js';

/** Keeps approved packs. What is wrong with one goes back to its publisher, every violation named, and to the dead letters. */
@Injectable()
export class TakeContentPacks {
  private readonly read: (event: ContentPackReady) => ApprovedPack;

  constructor(
    private readonly database: Database,
    private readonly packs: ContentPackRepository,
    private readonly runs: RunRepository,
    private readonly publisher: PackRejectionPublisher,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: SchedulerConfig,
  ) {
    this.read = contentPackReader({ tenantId: config.TENANT_ID, languages: config.LANGUAGES, httpAllowed: config.CONTENT_HTTP_ALLOWED });
  }

  async all(received: readonly Received<ContentPackReady>[]): Promise<readonly Rejection[]> {
    const { taken, rejections } = await sortOut(received, this.read);
    return this.database.transaction(async (tx) => {
      const refused: Rejection<ContentPackReady>[] = [...rejections];
      for (const pack of taken) {
        const violation = await this.keep(tx, pack);
        if (violation !== undefined) refused.push({ received: pack.received, error: invalid(violation) });
      }
      await this.tellPublishers(tx, refused);
      return refused;
    });
  }

  /** A withdrawal may arrive before its pack; both are kept, and the plan looks at both. */
  async withdraw(received: readonly Received<ContentPackWithdrawn>[]): Promise<void> {
    const withdrawals = received.flatMap(({ event }) => (event === undefined ? [] : [toWithdrawal(event, this.clock.nowMs())]));
    await this.packs.withdraw(withdrawals);
  }

  /** Stores the pack, or says why it cannot be taken. The same pack once more changes nothing. */
  private async keep(tx: Sql, { value: pack }: Taken<ContentPackReady, ApprovedPack>): Promise<Violation | undefined> {
    const known = await this.packs.hashOf(tx, pack.contentPackId);
    if (known === pack.contentHash) return undefined;
    if (known !== undefined) return { field: 'content_hash', reason: 'this id was approved with another content; publish a new id' };
    if (pack.runDate !== '' && pack.runDate < localDateOf(this.clock.nowMs(), this.config.TIME_ZONE)) {
      return { field: 'run_date', reason: 'is in the past' };
    }
    if (pack.runDate !== '' && (await this.runs.isPlanned(tx, pack.tenantId, pack.runDate))) {
      return { field: 'run_date', reason: 'the plan of this date is frozen' };
    }
    await this.packs.add(tx, pack);
    return undefined;
  }

  /** Once per event, however often it is read again. */
  private async tellPublishers(tx: Sql, refused: readonly Rejection<ContentPackReady>[]): Promise<void> {
    const ids = refused.map(({ received }) => received.eventId);
    const fresh = await Inbox.fresh(tx, 'content-pack-rejected', ids);
    for (const { received, error } of refused) {
      if (fresh.has(received.eventId)) await this.publisher.rejected(tx, received, error.violations, this.clock.nowMs());
    }
  }
}

const toWithdrawal = (event: ContentPackWithdrawn, nowMs: number): PackWithdrawal => ({
  contentPackId: event.contentPackId,
  reason: event.reason,
  withdrawnBy: event.withdrawnBy,
  withdrawnAtMs: event.withdrawnAt === undefined ? nowMs : timestampMs(event.withdrawnAt), // a recall is never refused for want of a date
});
