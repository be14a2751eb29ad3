import type { Sql } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import { arraysOf, column, namesOf, selected, unnested, type BatchColumn } from './batch-columns.js';

/** One message of ours: the POST that it came from. */
export interface KnownMessage {
  readonly wamidHash: string;
  readonly runId: string;
  readonly deliveryId: string;
  readonly attempt: number;
  readonly epoch: number;
}

/** A status whose message we do not know (yet). */
export interface OrphanStatus {
  /** What it says of its message: a repetition has the same. */
  readonly statusKey: string;
  readonly wamidHash: string;
  readonly payload: Uint8Array;
}

const MESSAGE: readonly BatchColumn<KnownMessage>[] = [
  column('wamid_hash', 'text', (m) => m.wamidHash),
  column('run_id', 'text', (m) => m.runId),
  column('delivery_id', 'uuid', (m) => m.deliveryId),
  column('attempt', 'integer', (m) => m.attempt),
  column('epoch', 'bigint', (m) => m.epoch),
];
const ORPHAN: readonly BatchColumn<OrphanStatus>[] = [
  column('status_key', 'text', (o) => o.statusKey),
  column('wamid_hash', 'text', (o) => o.wamidHash),
  column('payload', 'bytea', (o) => o.payload),
];

interface MessageColumns {
  readonly wamid_hash: string;
  readonly run_id: string;
  readonly delivery_id: string;
  readonly attempt: number;
  readonly epoch: number;
}

const messageOf = (row: MessageColumns): KnownMessage => ({
  wamidHash: row.wamid_hash,
  runId: row.run_id,
  deliveryId: row.delivery_id,
  attempt: row.attempt,
  epoch: row.epoch,
});

/** Messages by the keyed hash of their wamid, and the statuses that wait for one. */
@Injectable()
export class MessageRepository {
  async remember(tx: Sql, messages: readonly KnownMessage[]): Promise<void> {
    if (messages.length === 0) return;
    await tx.execute(
      `insert into message (${namesOf(MESSAGE)}) select ${selected(MESSAGE)} from ${unnested(MESSAGE, 1)} order by u.wamid_hash on conflict do nothing`,
      arraysOf(MESSAGE, messages),
    );
  }

  async find(sql: Sql, wamidHashes: readonly string[]): Promise<Map<string, KnownMessage>> {
    if (wamidHashes.length === 0) return new Map();
    const rows = await sql.query<MessageColumns>(`select ${namesOf(MESSAGE)} from message where wamid_hash = any($1::text[])`, [
      wamidHashes,
    ]);
    return new Map(rows.map((row) => [row.wamid_hash, messageOf(row)]));
  }

  async park(sql: Sql, orphans: readonly OrphanStatus[]): Promise<void> {
    if (orphans.length === 0) return;
    await sql.execute(
      `insert into status_orphan (${namesOf(ORPHAN)}) select ${selected(ORPHAN)} from ${unnested(ORPHAN, 1)} order by u.status_key on conflict do nothing`,
      arraysOf(ORPHAN, orphans),
    );
  }

  /** Takes orphans whose message is known by now out of the park. Two replicas never take the same. */
  async takeJoined(tx: Sql, limit: number): Promise<{ orphan: OrphanStatus; message: KnownMessage }[]> {
    const rows = await tx.query<MessageColumns & { status_key: string; payload: Buffer }>(
      `delete from status_orphan o using message m
       where o.wamid_hash = m.wamid_hash and o.status_key in (
         select o.status_key from status_orphan o join message m on m.wamid_hash = o.wamid_hash limit $1 for update of o skip locked)
       returning o.status_key, o.payload, m.wamid_hash, m.run_id, m.delivery_id, m.attempt, m.epoch`,
      [limit],
    );
    return rows.map((row) => ({
      orphan: { statusKey: row.status_key, wamidHash: row.wamid_hash, payload: row.payload },
      message: messageOf(row),
    }));
  }

  async countOrphans(sql: Sql): Promise<number> {
    const [row] = await sql.query<{ count: number }>('select count(*) from status_orphan');
    return row?.count ?? 0;
  }

  /** Meta repeats a webhook for up to seven days; after that nobody will ask for a message, and no message will come for an orphan. */
  async forget(sql: Sql, days: number): Promise<void> {
    await sql.execute(`delete from message where known_since < statement_timestamp() - make_interval(days => $1)`, [days]);
    await sql.execute(`delete from status_orphan where parked_at < statement_timestamp() - make_interval(days => $1)`, [days]);
  }
}
