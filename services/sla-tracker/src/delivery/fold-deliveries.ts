import { Database, type Sql } from '@daybreak/database';
import { invalid } from '@daybreak/kernel';
import { metrics } from '@daybreak/observability';
import { Injectable } from '@nestjs/common';
import { StatusChangedPublisher, type StatusChange } from '../outbound/status-changed.publisher.js';
import { DeliveryRepository, type DeliveryRow, type KnownDelivery } from '../store/delivery.repository.js';
import { MessageRepository, type KnownMessage } from '../store/message.repository.js';
import { NOTHING_KNOWN, observe } from './delivery-record.js';
import { standingOf } from './delivery-standing.js';
import { runDateOf, type Observed } from './observed.js';

/**
 * Folds what was observed into one row per delivery, batch by batch: lock the rows, fold in memory by the pure rule, write
 * those that changed, and say so to the outside in the same transaction. Running a batch again changes nothing.
 */
@Injectable()
export class FoldDeliveries {
  constructor(
    private readonly database: Database,
    private readonly deliveries: DeliveryRepository,
    private readonly messages: MessageRepository,
    private readonly publisher: StatusChangedPublisher,
  ) {}

  async all(observed: readonly Observed[]): Promise<void> {
    for (const [runDate, ofDay] of byRunDate(observed)) {
      await this.deliveries.openDay(runDate);
      // Lanes share no delivery, so they never wait for each other, and one is folded while Postgres writes the other.
      await Promise.all(lanesOf(ofDay).map((lane) => this.database.transaction((tx) => this.day(tx, runDate, lane))));
    }
  }

  /** In the caller's transaction. */
  async within(tx: Sql, observed: readonly Observed[]): Promise<void> {
    for (const [runDate, ofDay] of byRunDate(observed)) await this.day(tx, runDate, ofDay);
  }

  private async day(tx: Sql, runDate: string, observed: readonly Observed[]): Promise<void> {
    await this.deliveries.lookUpByKey(tx);
    await this.deliveries.keepEvents(
      tx,
      runDate,
      observed.flatMap(({ deliveryId, raw }) => (raw ? { ...raw, deliveryId } : [])),
    );
    const changes = await this.foldRows(tx, runDate, byDelivery(observed));
    await this.messages.remember(tx, changes.flatMap(newMessages));
    await this.publisher.publish(tx, changes.flatMap(changedWord));
  }

  private async foldRows(tx: Sql, runDate: string, observed: ReadonlyMap<string, readonly Observed[]>): Promise<RowChange[]> {
    if (observed.size === 0) return [];
    const known = await this.deliveries.lock(tx, runDate, [...observed.keys()]);
    const changes = [...observed].flatMap(([deliveryId, ofOne]) => changeOf(deliveryId, known.get(deliveryId), ofOne));
    const isNew = ({ row }: RowChange): boolean => !known.has(row.deliveryId);
    const inserted = await this.deliveries.insert(
      tx,
      runDate,
      changes.filter(isNew).map((change) => change.row),
    );
    await this.deliveries.update(
      tx,
      runDate,
      changes.filter((change) => !isNew(change)).map((change) => change.row),
    );
    const unwritten = new Set(
      changes.filter((change) => isNew(change) && !inserted.has(change.row.deliveryId)).map(({ row }) => row.deliveryId),
    );
    // Somebody else was first with these rows: they exist now, fold into them.
    const beaten = new Map([...observed].filter(([deliveryId]) => unwritten.has(deliveryId)));
    const done = changes.filter(({ row }) => !unwritten.has(row.deliveryId));
    return [...done, ...(await this.foldRows(tx, runDate, beaten))];
  }
}

interface RowChange {
  readonly before: KnownDelivery | undefined;
  readonly row: DeliveryRow;
}

/** Nothing when the observations add nothing to what is known. */
function changeOf(deliveryId: string, before: KnownDelivery | undefined, observed: readonly Observed[]): RowChange[] {
  const held = before?.record ?? NOTHING_KNOWN;
  let record = held;
  for (const { observation } of observed) {
    if (observation === undefined) continue;
    const next = observe(record, observation);
    if (observation.kind === 'status') (next === record ? metrics.statusRegressionsIgnored : metrics.statusEventsFolded).inc();
    record = next;
  }
  const [first] = observed;
  if (record === held || first === undefined) return [];
  return [{ before, row: { deliveryId, runId: first.runId, record, standing: standingOf(record) } }];
}

function newMessages({ before, row }: RowChange): KnownMessage[] {
  const had = new Set(before?.record.posts.map((post) => post.wamidHash));
  return row.record.posts.flatMap(({ wamidHash, attempt, epoch }) =>
    wamidHash === undefined || had.has(wamidHash) ? [] : { wamidHash, runId: row.runId, deliveryId: row.deliveryId, attempt, epoch },
  );
}

function changedWord({ before, row: { deliveryId, runId, standing } }: RowChange): StatusChange[] {
  const { recipientId } = standing;
  if (recipientId === undefined) return []; // told once the plan says whose it is
  const told = before?.record.planned && before.publicStatus;
  return told === standing.publicStatus ? [] : [{ deliveryId, runId, recipientId, standing }];
}

const LANES = 2;
/** Below it, a second transaction costs more than it saves. */
const WORTH_A_LANE = 250;

function lanesOf(observed: readonly Observed[]): Observed[][] {
  if (observed.length < LANES * WORTH_A_LANE) return [[...observed]];
  const lanes = Map.groupBy(observed, ({ deliveryId }) => String(parseInt(deliveryId.slice(0, 2), 16) % LANES));
  return [...lanes.values()];
}

function byRunDate(observed: readonly Observed[]): Map<string, Observed[]> {
  return Map.groupBy(observed, ({ runId }) => {
    const runDate = runDateOf(runId);
    if (runDate === undefined) throw invalid({ field: 'run_id', reason: 'has no date' });
    return runDate;
  });
}

const byDelivery = (observed: readonly Observed[]): Map<string, Observed[]> => Map.groupBy(observed, ({ deliveryId }) => deliveryId);
