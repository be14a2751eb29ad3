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

async function insert(tx: Sql, records: readonly OutgoingRecord[]): Promise<void> {
  if (records.length === 0) return;
  await tx.execute(
    `with added as (
       insert into outbox (topic, key, headers, payload)
       select * from unnest($1::text[], $2::text[], $3::jsonb[], $4::bytea[])
     )
     select pg_notify(${OUTBOX_CHANNEL_SQL}, '')`, // delivered when, and only if, the transaction commits
    [
      records.map((record) => record.topic),
      records.map((record) => record.key),
      records.map((record) => JSON.stringify(record.headers)),
      records.map((record) => record.value),
    ],
  );
}
