import { CLOCK } from '@daybreak/config';
import { Database, type Sql } from '@daybreak/database';
import { isSettled } from '@daybreak/delivery';
import type { Clock } from '@daybreak/kernel';
import { metrics } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import { DeliveryEventsPublisher, type AttemptedFact, type SettledFact } from '../outbound/delivery-events.publisher.js';
import { DeliveryRepository, type Selection } from '../store/delivery.repository.js';
import type { Attempt } from './attempt.js';
import { isDuplicate } from './delivery-machine.js';
import type { DeliveryRecord } from './delivery-record.js';

/** What one row becomes. */
export interface Decision {
  readonly next: DeliveryRecord;
  /** A POST that may or may not have been made: written down, but told to nobody as a fact. */
  readonly possiblePost?: Attempt | undefined;
  /** What proved an acceptance. */
  readonly evidence?: 'response' | 'webhook';
  /** Start of the accepted POST, where the decision knows it. */
  readonly acceptedStartedAtMs?: number | undefined;
}

export interface Change {
  readonly before: DeliveryRecord;
  readonly next: DeliveryRecord;
}

/** Which rows: those of a selection, or those that this process claimed, as they are while nobody else has had a say in them. */
export type Rows = Selection | { readonly expected: readonly DeliveryRecord[] };

type Decided = Change & Decision;

export interface LedgerChange {
  readonly runDate: string;
  readonly rows: Rows;
  /** Undefined leaves the row as it is. Asked of the row under its lock; of one that is expected, also before. */
  readonly decide: (record: DeliveryRecord) => Decision | undefined;
  /** POSTs that were made: written down and told, whatever becomes of their rows. */
  readonly attempts?: readonly AttemptedFact[];
  /** When the window of a run closes: what was accepted after it is late. */
  readonly closesAtOf: (runId: string) => number | undefined;
}

/**
 * The one way in which deliveries change after their claim. One transaction: lock the rows, ask the pure machine, write rows and
 * attempts, put the facts into the outbox. So what the world hears and what the rows say cannot part.
 */
@Injectable()
export class DeliveryLedger {
  constructor(
    private readonly database: Database,
    private readonly deliveries: DeliveryRepository,
    private readonly events: DeliveryEventsPublisher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async change(change: LedgerChange): Promise<readonly Change[]> {
    const changes = await this.database.transaction((tx) => this.inTransaction(tx, change));
    for (const { before, next } of changes) count(before, next);
    return changes;
  }

  private async inTransaction(tx: Sql, { runDate, rows, decide, attempts = [], closesAtOf }: LedgerChange): Promise<Change[]> {
    const decisions =
      'expected' in rows ? await this.asExpected(tx, runDate, rows.expected, decide) : await this.underLock(tx, runDate, rows, decide);
    await this.deliveries.writeAttempts(tx, runDate, [...attempts, ...decisions.flatMap(({ possiblePost }) => possiblePost ?? [])]);
    await this.events.attempted(tx, attempts);
    await this.events.settled(tx, await this.settledFacts(tx, runDate, decisions, closesAtOf));
    return decisions;
  }

  private async underLock(tx: Sql, runDate: string, rows: Selection, decide: LedgerChange['decide']): Promise<Decided[]> {
    const decisions = decided(await this.deliveries.lock(tx, runDate, rows), decide);
    await this.deliveries.write(
      tx,
      runDate,
      decisions.map(({ next }) => next),
    );
    return decisions;
  }

  /** What was decided of a row as expected holds where the row is so; of the others it is decided again, under their locks. */
  private async asExpected(
    tx: Sql,
    runDate: string,
    expected: readonly DeliveryRecord[],
    decide: LedgerChange['decide'],
  ): Promise<Decided[]> {
    const decisions = decided(expected, decide);
    const written = await this.deliveries.writeIfUntouched(
      tx,
      runDate,
      decisions.map(({ next }) => next),
    );
    const others = expected.filter(({ deliveryId }) => !written.has(deliveryId)).map(({ deliveryId }) => deliveryId);
    if (others.length === 0) return decisions;
    return [
      ...decisions.filter(({ before }) => written.has(before.deliveryId)),
      ...(await this.underLock(tx, runDate, { deliveryIds: others }, decide)),
    ];
  }

  private async settledFacts(
    tx: Sql,
    runDate: string,
    decisions: readonly Decided[],
    closesAtOf: LedgerChange['closesAtOf'],
  ): Promise<SettledFact[]> {
    const settled = decisions.filter(({ before, next }) => isSettled(next.state) && next.state !== before.state);
    const unknownStarts = settled.filter(({ next, acceptedStartedAtMs }) => next.state === 'ACCEPTED' && acceptedStartedAtMs === undefined);
    const starts = await this.deliveries.startsOf(
      tx,
      runDate,
      unknownStarts.map(({ next }) => ({ deliveryId: next.deliveryId, attempt: next.acceptedAttempt })),
    );
    const settledAtMs = this.clock.nowMs();
    return settled.map(({ before, next, evidence, acceptedStartedAtMs }) => {
      if (next.state !== 'ACCEPTED') return { record: next, settledAtMs, acceptedStartedAtMs: undefined, late: false, evidence: '' };
      // A POST that only a webhook tells of started when it was due and claimed: its poster is gone.
      const startedAtMs =
        acceptedStartedAtMs ?? starts.get(next.deliveryId) ?? Math.max(before.claimedAtMs ?? before.dueAtMs, before.dueAtMs);
      return {
        record: next,
        settledAtMs,
        acceptedStartedAtMs: startedAtMs,
        late: startedAtMs >= (closesAtOf(next.runId) ?? Number.POSITIVE_INFINITY),
        evidence: evidence ?? 'webhook',
      };
    });
  }
}

function decided(records: readonly DeliveryRecord[], decide: LedgerChange['decide']): Decided[] {
  return records.flatMap((before): Decided[] => {
    const decision = decide(before);
    return decision ? [{ before, ...decision }] : [];
  });
}

function count(before: DeliveryRecord, next: DeliveryRecord): void {
  if (isSettled(next.state) && next.state !== before.state) metrics.deliveriesSettled.inc({ shard_id: next.shardId, state: next.state });
  if (isDuplicate(before, next)) metrics.duplicateAccepts.inc();
}
