import type { Message } from '@bufbuild/protobuf';
import type { Topic } from '@daybreak/contracts';
import type { Sql } from '@daybreak/database';
import type { Clock } from '@daybreak/kernel';
import { commonHeaders } from './event-publisher.js';
import { encodeEvent, encodeTombstone, type OutgoingRecord } from './record-codec.js';

export interface OutboxOptions {
  /** Id of the event that these follow from. */
  readonly causation?: string;
}

/** Events that are published if and only if the caller's transaction commits. The `OutboxRelay` takes them from the table to Kafka. */
export class Outbox {
  constructor(private readonly clock: Clock) {}

  async add<T extends Message>(tx: Sql, topic: Topic<T>, events: readonly T[], options: OutboxOptions = {}): Promise<void> {
    const headers = commonHeaders(this.clock, options.causation);
    await insert(
      tx,
      events.map((event) => encodeEvent(topic, event, headers)),
    );
  }

  /** Says of a compacted topic's keys that what they name is gone. */
  async tombstone<T extends Message>(tx: Sql, topic: Topic<T>, keys: readonly string[], options: OutboxOptions = {}): Promise<void> {
    const headers = commonHeaders(this.clock, options.causation);
    await insert(
      tx,
      keys.map((key) => encodeTombstone(topic, key, headers)),
    );
  }
}

/** Where the relays of a service listen. In SQL, because the schema is the connection's. */
export const OUTBOX_CHANNEL_SQL = `current_schema() || '.outbox'`;

/** The records of one call are of one topic and differ in key, id and payload: what they share is written, sent and parsed once. */
async function insert(tx: Sql, records: readonly OutgoingRecord[]): Promise<void> {
  const [first] = records;
  if (first === undefined) return;
  await tx.execute(
    `with added as (
       insert into outbox (topic, key, headers, payload)
       select $1, key, $2::jsonb || jsonb_build_object('ce_id', ce_id), payload
       from unnest($3::text[], $4::text[], $5::bytea[]) as record (key, ce_id, payload)
     )
     select pg_notify(${OUTBOX_CHANNEL_SQL}, '')`, // delivered when, and only if, the transaction commits
    [
      first.topic,
      JSON.stringify(first.headers),
      records.map((record) => record.key),
      records.map((record) => record.headers['ce_id']),
      records.map((record) => record.value),
    ],
  );
}
