import { Database, type Sql } from '@daybreak/database';
import type { PublicStatus } from '@daybreak/delivery';
import { Injectable } from '@nestjs/common';
import type { DeliveryRecord } from '../delivery/delivery-record.js';
import type { DeliveryStanding } from '../delivery/delivery-standing.js';
import type { RawEvent } from '../delivery/observed.js';
import { arraysOf, column, instant, namesOf, selected, unnested, type BatchColumn } from './batch-columns.js';

/** A delivery as it is stored. */
export interface DeliveryRow {
  readonly deliveryId: string;
  readonly runId: string;
  readonly record: DeliveryRecord;
  readonly standing: DeliveryStanding;
}

/** What is held of a delivery. */
export interface KnownDelivery {
  readonly record: DeliveryRecord;
  /** The word that the outside was last told. */
  readonly publicStatus: PublicStatus;
}

export interface OverdueDelivery {
  readonly deliveryId: string;
  /** Epoch ms. */
  readonly dueAt: number;
}

export type KeptEvent = RawEvent & { readonly deliveryId: string };

const DERIVED: readonly BatchColumn<DeliveryRow>[] = [
  column('record', 'jsonb', (r) => JSON.stringify(r.record)),
  column('planned', 'boolean', (r) => r.standing.planned),
  column('recipient_id', 'text', (r) => r.standing.recipientId),
  column('shard_id', 'text', (r) => r.standing.shardId),
  column('content_pack_id', 'text', (r) => r.standing.contentPackId),
  column('fallback', 'boolean', (r) => r.standing.fallback),
  column('state', 'text', (r) => r.standing.state),
  column('status', 'text', (r) => r.standing.status),
  column('outcome', 'text', (r) => r.standing.outcome),
  column('public_status', 'text', (r) => r.standing.publicStatus),
  column('reason', 'text', (r) => r.standing.reason),
  column('blame', 'text', (r) => r.standing.blame),
  column('error_code', 'integer', (r) => r.standing.errorCode),
  column('posts', 'integer', (r) => r.standing.posts),
  column('rate_limited', 'integer', (r) => r.standing.rateLimited),
  column('acceptances', 'integer', (r) => r.standing.acceptances),
  column('phone_number_id', 'text', (r) => r.standing.phoneNumberId),
  instant('first_post_at', (r) => r.standing.firstPostAt),
  instant('last_post_at', (r) => r.standing.lastPostAt),
  instant('accepted_started_at', (r) => r.standing.acceptedStartedAt),
  instant('sent_at', (r) => r.standing.sentAt),
  instant('delivered_at', (r) => r.standing.deliveredAt),
  instant('read_at', (r) => r.standing.readAt),
  instant('failed_at', (r) => r.standing.failedAt),
  instant('withheld_at', (r) => r.standing.withheldAt),
];
const IDENTITY: readonly BatchColumn<DeliveryRow>[] = [
  column('delivery_id', 'uuid', (r) => r.deliveryId),
  column('run_id', 'text', (r) => r.runId),
];
const ALL = [...IDENTITY, ...DERIVED];
const KEPT: readonly BatchColumn<KeptEvent>[] = [
  column('delivery_id', 'uuid', (e) => e.deliveryId),
  column('event_id', 'text', (e) => e.eventId),
  column('topic', 'text', (e) => e.topic),
  column('payload', 'bytea', (e) => e.payload),
];

// Always a look-up per row, whatever the statistics say: right after a plan is stored they say that the table is empty.
const LOOK_UP_BY_KEY = `select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`;

/** The day's partition by its name: a condition on the day would offer the planner one more way to be wrong. */
const partitionOf = (table: 'delivery' | 'delivery_event', runDate: string): string => `${table}_${runDate.replaceAll(/\D/g, '')}`;

const lockSql = (runDate: string): string =>
  `select delivery_id, record, public_status from ${partitionOf('delivery', runDate)} where delivery_id = any($1::uuid[]) order by delivery_id for update`;

const insertSql = (runDate: string): string => `
  insert into ${partitionOf('delivery', runDate)} (run_date, ${namesOf(ALL)})
  select $1::date, ${selected(ALL)} from ${unnested(ALL, 2)} order by u.delivery_id
  on conflict do nothing
  returning delivery_id`;

const updateSql = (runDate: string): string => `
  update ${partitionOf('delivery', runDate)} d set (${namesOf(DERIVED)}) = row(${selected(DERIVED)})
  from ${unnested(ALL, 1)}
  where d.delivery_id = u.delivery_id`;

const keepSql = (runDate: string): string => `
  insert into ${partitionOf('delivery_event', runDate)} (run_date, ${namesOf(KEPT)})
  select $1::date, ${selected(KEPT)} from ${unnested(KEPT, 2)} order by u.delivery_id, u.event_id
  on conflict do nothing`;

/** The rows of deliveries and the events they were folded from. Every statement takes a batch of one day. */
@Injectable()
export class DeliveryRepository {
  private readonly openDays = new Map<string, Promise<unknown>>();

  constructor(private readonly database: Database) {}

  /** Makes the day's partitions, once per process and day. Not inside a transaction: it locks the whole table for a moment. */
  async openDay(runDate: string): Promise<void> {
    const opening = this.openDays.get(runDate) ?? this.database.query('select open_day($1::date)', [runDate]);
    this.openDays.set(runDate, opening);
    try {
      await opening;
    } catch (error) {
      this.openDays.delete(runDate);
      throw error;
    }
  }

  /** For the rest of this transaction, rows are found by their key. */
  async lookUpByKey(tx: Sql): Promise<void> {
    await tx.query(LOOK_UP_BY_KEY);
  }

  /** The records that exist, locked until the transaction ends. In the order of their ids, so that two batches wait instead of deadlocking. */
  async lock(tx: Sql, runDate: string, deliveryIds: readonly string[]): Promise<Map<string, KnownDelivery>> {
    const rows = await tx.query<{ delivery_id: string; record: DeliveryRecord; public_status: PublicStatus }>(lockSql(runDate), [
      deliveryIds,
    ]);
    return new Map(rows.map((row) => [row.delivery_id, { record: row.record, publicStatus: row.public_status }]));
  }

  /** Deliveries of a run that were due before an instant (epoch ms) and of which the outside still hears that they are queued. */
  async overdue(run: { readonly runDate: string; readonly runId: string }, dueBefore: number, limit: number): Promise<OverdueDelivery[]> {
    return this.database.query<OverdueDelivery>(
      `select delivery_id as "deliveryId", (record #>> '{planned,dueAt}')::float8 as "dueAt" from delivery
       where run_date = $1::date and run_id = $2 and planned and outcome = 'unresolved' and public_status = 'queued'
         and (record #>> '{planned,dueAt}')::float8 < $3
       limit $4`,
      [run.runDate, run.runId, dueBefore, limit],
    );
  }

  /** Adds new rows; returns the ids of those that were not there. */
  async insert(tx: Sql, runDate: string, rows: readonly DeliveryRow[]): Promise<Set<string>> {
    if (rows.length === 0) return new Set();
    const inserted = await tx.query<{ delivery_id: string }>(insertSql(runDate), [runDate, ...arraysOf(ALL, rows)]);
    return new Set(inserted.map((row) => row.delivery_id));
  }

  async update(tx: Sql, runDate: string, rows: readonly DeliveryRow[]): Promise<void> {
    if (rows.length > 0) await tx.execute(updateSql(runDate), arraysOf(ALL, rows));
  }

  /** An event that comes twice is kept once. */
  async keepEvents(tx: Sql, runDate: string, events: readonly KeptEvent[]): Promise<void> {
    if (events.length > 0) await tx.execute(keepSql(runDate), [runDate, ...arraysOf(KEPT, events)]);
  }
}
