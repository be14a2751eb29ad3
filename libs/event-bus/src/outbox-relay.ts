import { failpoint } from '@daybreak/config';
import type { Database, Sql } from '@daybreak/database';
import { Alarm, reasonOf } from '@daybreak/kernel';
import { metrics } from '@daybreak/observability';
import { Logger } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { backoffMs } from './backoff.js';
import { unbundle } from './outbox-bundle.js';
import { OUTBOX_CHANNEL_SQL } from './outbox.js';
import type { OutgoingRecord } from './record-codec.js';
import type { RecordProducer } from './record-producer.js';

interface OutboxRow {
  readonly id: number;
  readonly topic: string;
  /** Null: a bundle of several events. */
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer | null;
}

const BATCH_EVENTS = 2_000;
const BATCH_ROWS = 1_000;
const POLL_MS = 200; // while nobody tells what is added
const LISTENING_POLL_MS = 2_000; // a connection may be dead without a word, and another replica may die with what it was told of
const SPACING_MS = 100; // from a batch that was not full to the next: what is added meanwhile shares it; after a pause nothing waits
const LISTEN_AGAIN_MS = 5_000;
const GAUGE_MS = 2_000;
const MAX_COUNTED_ROWS = 10_000; // beyond it the exact figure helps nobody
const IDLE_TRANSACTION_MS = 30_000;
const SEND_TIMEOUT_MS = 20_000; // within the transaction that holds the claim, with room for Kafka's 8 s and a few retries
const RETRY_BASE_MS = 200;
const RETRY_MAX_MS = 5_000;

/**
 * Takes committed outbox rows to Kafka and deletes them. Of all the replicas of a service one relays at a time: two would overtake each
 * other, and a compacted topic would keep the older of two states for ever. Rows leave in the order of their ids, which for one key is the order
 * of the transactions, as those wait for each other on the row they change. A crash between Kafka's acknowledgement and the commit publishes
 * the same events, by their ids, again.
 */
export class OutboxRelay {
  private readonly logger = new Logger(OutboxRelay.name);
  private running: Promise<void> | undefined;
  private stopping = false;
  private readonly added = new Alarm();
  private readonly stopped = new Alarm();
  private listener: PoolClient | undefined;
  private listenAgainAtMs = 0;
  private gaugeAtMs = 0;

  constructor(
    private readonly database: Database,
    private readonly producer: Pick<RecordProducer, 'send'>,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Publishes what is there, if Kafka takes it, and stops. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.added.ring();
    this.stopped.ring();
    await this.running;
    this.listener?.release(true); // closed rather than reused: it listens
    this.listener = undefined;
  }

  private async run(): Promise<void> {
    for (let failures = 0; ;) {
      const nextAtMs = performance.now() + SPACING_MS;
      const isLast = this.stopping; // a look that begins after the stop sees all that was there then
      try {
        await this.listen();
        await this.gauge(); // before the attempt: it tells most while the attempts fail
        const relayed = await this.relayBatch();
        failures = 0;
        if (relayed === 'part') await this.stopped.wait(nextAtMs - performance.now());
        if (relayed === 'full' || (relayed === 'part' && this.stopping && !isLast)) continue;
      } catch (error) {
        failures += 1;
        this.logger.warn(`the outbox waits: ${reasonOf(error)}`);
      }
      if (this.stopping) return;
      if (failures === 0) await this.added.wait(this.listener === undefined ? POLL_MS : LISTENING_POLL_MS);
      else await this.stopped.wait(backoffMs(failures, RETRY_BASE_MS, RETRY_MAX_MS));
    }
  }

  /** `full` when as many went out as may go at once, so that more wait. */
  private async relayBatch(): Promise<'nothing' | 'part' | 'full'> {
    const [some] = await this.database.query<{ exists: boolean }>('select exists (select from outbox)');
    if (some?.exists !== true) return 'nothing';
    return this.database.transaction(async (tx) => {
      if (!(await isTheRelay(tx))) return 'nothing';
      const rows = await tx.query<OutboxRow>(
        `delete from outbox where id in (
           select id from (select id, sum(events) over (order by id) - events as before from (select id, events from outbox order by id limit $1) as first) as oldest
           where before < $2
         ) returning id, topic, key, headers, payload`,
        [BATCH_ROWS, BATCH_EVENTS],
      );
      if (rows.length === 0) return 'nothing'; // another replica was quicker
      rows.sort((a, b) => a.id - b.id); // `returning` has no order
      const records = rows.flatMap(recordsOf);
      await this.producer.send(records, { timeoutMs: SEND_TIMEOUT_MS, cutOff: true });
      failpoint('outbox.after-send');
      return records.length >= BATCH_EVENTS || rows.length === BATCH_ROWS ? 'full' : 'part';
    });
  }

  private async listen(): Promise<void> {
    if (this.listener !== undefined || performance.now() < this.listenAgainAtMs) return;
    this.listenAgainAtMs = performance.now() + LISTEN_AGAIN_MS;
    const client = await this.database.pool.connect();
    client.on('notification', () => this.added.ring());
    client.on('error', () => {
      client.release(true);
      this.listener = undefined; // until the next attempt the poll does alone
    });
    const { rows } = await client.query<{ channel: string }>(`select quote_ident(${OUTBOX_CHANNEL_SQL}) as channel`);
    await client.query(`listen ${rows[0]?.channel}`);
    this.listener = client;
  }

  private async gauge(): Promise<void> {
    if (performance.now() < this.gaugeAtMs) return;
    this.gaugeAtMs = performance.now() + GAUGE_MS;
    const [row] = await this.database.query<{ events: number; age: number }>(
      `select (select coalesce(sum(events), 0) from (select events from outbox limit $1) as waiting)::integer as events,
              coalesce(extract(epoch from clock_timestamp() - (select created_at from outbox order by id limit 1)), 0)::float8 as age`,
      [MAX_COUNTED_ROWS],
    );
    metrics.outboxRows.set(row?.events ?? 0);
    metrics.outboxOldestAge.set(row?.age ?? 0);
  }
}

/**
 * For this transaction. Should its process hang, the server ends it after a while, and with it the claim. What it sends must have arrived by then
 * or never arrive: another replica publishes the same rows, and newer ones, and an older state after them would stay in a compacted topic.
 */
async function isTheRelay(tx: Sql): Promise<boolean> {
  const [row] = await tx.query<{ mine: boolean }>(
    `select pg_try_advisory_xact_lock(hashtextextended(${OUTBOX_CHANNEL_SQL}, 0)) as mine,
            set_config('idle_in_transaction_session_timeout', $1, true)`,
    [String(IDLE_TRANSACTION_MS)], // without a unit: ms
  );
  return row?.mine === true;
}

function recordsOf({ topic, key, headers, payload }: OutboxRow): OutgoingRecord[] {
  if (key !== null) return [{ topic, key, value: payload, headers }];
  return unbundle(payload ?? Buffer.alloc(0)).map((event) => ({
    topic,
    key: event.key,
    value: event.value,
    headers: { ce_id: event.eventId, ...headers },
  }));
}
