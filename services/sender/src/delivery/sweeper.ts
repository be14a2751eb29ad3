import { CLOCK, CONFIG } from '@daybreak/config';
import type { Clock } from '@daybreak/kernel';
import { LOGGER, metrics, type Logger } from '@daybreak/observability';
import { endOfSending, retryFits } from '@daybreak/timing';
import { Inject, Injectable } from '@nestjs/common';
import type { SenderConfig } from '../sender.config.js';
import type { KnownRun, KnownShard } from '../shard/known-shard.js';
import { CLAIM_LIFE_MS, type ShardLease } from '../shard/shard-lease.js';
import { KnownStates } from '../states/known-states.js';
import type { Selection, Unsettled } from '../store/delivery.repository.js';
import type { Attempt } from './attempt.js';
import { DeliveryLedger, type Change, type Decision } from './delivery-ledger.js';
import { closed, forgotten, orphaned, resolved } from './delivery-machine.js';
import type { DeliveryRecord } from './delivery-record.js';
import { WebhookEvidence } from './webhook-evidence.js';

type SweepConfig = Pick<
  SenderConfig,
  'AMBIGUOUS_POLICY' | 'LATE_POLICY' | 'MAX_ATTEMPTS' | 'RESOLVE_AFTER_SECONDS' | 'CLOUD_API_TIMEOUT_MS'
>;

const AT_ONCE = 1_000;

/** Our own claims are settled within their life and the HTTP time-out; what is older, and not in our hands, was lost on its way to us. Real ms. */
const LOST_AFTER_MS = 5_000;

/** So long after the window what is still ambiguous is given up: the run is sealed soon. A later webhook still proves it. Clock ms. */
const GIVE_UP_AFTER_CLOSE_MS = 45_000;

/** Claims are made a little ahead of the window, and lost there too. Clock ms. */
const SWEPT_BEFORE_MS = 1_000;

/** After a run is over there is nothing left to sweep. Clock ms. */
const SWEPT_UNTIL_MS = 600_000;

/** Finds what no job, answer or webhook moved: claims of dead owners, ambiguous sends whose time has come, what the closed window left. */
@Injectable()
export class Sweeper {
  @Inject(CLOCK) private readonly clock!: Clock;
  @Inject(LOGGER) private readonly logger!: Logger;

  constructor(
    private readonly ledger: DeliveryLedger,
    private readonly states: KnownStates,
    private readonly evidence: WebhookEvidence,
    @Inject(CONFIG) private readonly config: SweepConfig,
  ) {}

  /** @param isHeld is this delivery in the hands of the shard's runner? */
  async sweep(lease: ShardLease, isHeld: (deliveryId: string) => boolean): Promise<void> {
    const shard = this.states.shard(lease.shardId);
    if (!shard) return;
    const nowMs = this.clock.nowMs();
    for (const run of this.states.runs) {
      if (nowMs < run.window.opensAt - SWEPT_BEFORE_MS || nowMs > this.endOf(run) + SWEPT_UNTIL_MS) continue;
      await this.adopt(run, shard, lease, isHeld);
      await this.resolve(run, shard);
      if (nowMs >= this.endOf(run)) await this.close(run, shard);
    }
  }

  /** Claims whose owner is gone: nobody knows whether they were posted. */
  private async adopt(run: KnownRun, shard: KnownShard, lease: ShardLease, isHeld: (deliveryId: string) => boolean): Promise<void> {
    const { speed } = this.clock;
    const nowMs = this.clock.nowMs();
    // The dead owner may have started the POST at the end of the claim's life, and Meta may have got it at the end of the time-out.
    const mayLastMs = (CLAIM_LIFE_MS + this.config.CLOUD_API_TIMEOUT_MS) * speed;
    // Its webhooks may have waited until its share of the topic was given to others, which is about now.
    const resolveAtOf = (record: DeliveryRecord): number =>
      Math.max(startOf(record) + mayLastMs, nowMs) + this.config.RESOLVE_AFTER_SECONDS * 1_000;
    const claimedBeforeMs = nowMs - mayLastMs - LOST_AFTER_MS * speed;
    const changes = await this.changeAll(run, shard, { kind: 'abandoned', epoch: lease.epoch, claimedBeforeMs }, (record) => {
      const next =
        orphaned(record, lease.epoch, resolveAtOf(record)) ?? (isHeld(record.deliveryId) ? undefined : forgotten(record, lease.epoch));
      return next && { next, possiblePost: next.state === 'AMBIGUOUS' ? unansweredPost(record, shard) : undefined };
    });
    if (changes.length > 0)
      this.logger.warn({ shardId: shard.shardId, runId: run.runId, ...byState(changes) }, 'claims of a lost owner were taken over');
  }

  private async resolve(run: KnownRun, shard: KnownShard): Promise<void> {
    const nowMs = this.clock.nowMs();
    const isOver = nowMs >= this.endOf(run) + GIVE_UP_AFTER_CLOSE_MS;
    const { AMBIGUOUS_POLICY: policy, MAX_ATTEMPTS: maxAttempts, LATE_POLICY } = this.config;
    const canSendAgain = retryFits(nowMs, 0, run.window, LATE_POLICY);
    const resolveAfterMs = this.config.RESOLVE_AFTER_SECONDS * 1_000;
    const completeUntil = (deliveryId: string): number => this.evidence.completeUntil(deliveryId);
    const changes = await this.changeAll(
      run,
      shard,
      { kind: 'unresolved', resolveBeforeMs: isOver ? Number.POSITIVE_INFINITY : nowMs },
      (record) => {
        const next = resolved(record, { nowMs, policy, maxAttempts, canSendAgain, completeUntil, resolveAfterMs, isOver });
        return next && { next };
      },
    );
    metrics.ambiguousResolved.inc({ by: 'timeout' }, changes.length);
    metrics.ambiguousResent.inc({ shard_id: shard.shardId }, changes.filter(({ next }) => next.state === 'QUEUED').length);
    if (changes.length > 0)
      this.logger.warn(
        { shardId: shard.shardId, runId: run.runId, ...byState(changes) },
        'no webhook settled these ambiguous sends; the policy did',
      );
  }

  private async close(run: KnownRun, shard: KnownShard): Promise<void> {
    const reason = this.states.faultOf(shard.shardId, run.runId);
    const changes = await this.changeAll(run, shard, { kind: 'queued' }, (record) => {
      const next = closed(record, reason);
      return next && { next };
    });
    if (changes.length > 0)
      this.logger.warn(
        { shardId: shard.shardId, runId: run.runId, expired: changes.length, reason },
        'the window closed before these deliveries were accepted',
      );
  }

  private async changeAll(
    run: KnownRun,
    shard: KnownShard,
    unsettled: Unsettled,
    decide: (record: DeliveryRecord) => Decision | undefined,
  ): Promise<Change[]> {
    const rows: Selection = { shardId: shard.shardId, runId: run.runId, unsettled, limit: AT_ONCE };
    const all: Change[] = [];
    for (;;) {
      const changes = await this.ledger.change({ runDate: run.runDate, rows, decide, closesAtOf: this.states.closesAtOf });
      all.push(...changes);
      if (changes.length < AT_ONCE) return all;
    }
  }

  private endOf({ window }: KnownRun): number {
    return endOfSending(window, this.config.LATE_POLICY);
  }
}

/** The earliest instant at which a claim can have been posted. */
const startOf = (record: DeliveryRecord): number => Math.max(record.claimedAtMs ?? record.dueAtMs, record.dueAtMs);

/** The POST that a dead owner may have made. */
const unansweredPost = (record: DeliveryRecord, shard: KnownShard): Attempt => ({
  deliveryId: record.deliveryId,
  shardId: record.shardId,
  phoneNumberId: shard.phoneNumberId,
  attempt: record.attempt,
  epoch: record.epoch,
  outcome: 'ambiguous',
  httpStatus: 0,
  errorCode: 0,
  fault: 'owner-lost',
  template: '',
  startedAtMs: startOf(record),
  finishedAtMs: null,
  wamidHash: '',
});

const byState = (changes: readonly Change[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { next } of changes) counts[next.state.toLowerCase()] = (counts[next.state.toLowerCase()] ?? 0) + 1;
  return counts;
};
