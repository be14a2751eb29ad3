import type { Message } from '@bufbuild/protobuf';
import type { Topic } from '@daybreak/contracts';
import type { Sql } from '@daybreak/database';
import type { Clock } from '@daybreak/kernel';
import { commonHeaders } from './event-publisher.js';
import { bundle, bundlesOf } from './outbox-bundle.js';
import { encodeEvent, encodeTombstone, type OutgoingRecord } from './record-codec.js';

/** What events may say besides themselves. */
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

/**
 * The records of one call are of one topic and differ in key, id and value: several of them share a row. A row for each would cost the database
 * more than the change that they tell of.
 */
async function insert(tx: Sql, records: readonly OutgoingRecord[]): Promise<void> {
  for (const events of bundlesOf(records)) {
    await tx.executeWithCommit(
      `with added as (
         insert into outbox (topic, key, headers, payload, events) values ($1, $2, $3, $4, $5)
       )
       select pg_notify(${OUTBOX_CHANNEL_SQL}, '')`, // delivered when, and only if, the transaction commits
      rowOf(events),
    );
  }
}

function rowOf(events: OutgoingRecord[]): unknown[] {
  const [first] = events as [OutgoingRecord];
  const { topic, key, headers, value } = first;
  if (events.length === 1) return [topic, key, headers, value, 1];
  const { ce_id: _, ...shared } = headers;
  return [topic, null, shared, bundle(events), events.length];
}
