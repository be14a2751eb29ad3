import type { Database, Sql } from '@daybreak/database';

export interface SpooledEvent {
  readonly id: number;
  readonly topic: string;
  readonly payload: Uint8Array;
}

/** One drainer at a time, whichever replica it is: that keeps the order. */
const LOCK = `select pg_try_advisory_xact_lock(hashtextextended('daybreak.spool.' || current_schema(), 0)) as mine`;

/** Webhook events that Kafka did not take, in the order they came. */
export const spool = {
  async append(sql: Sql, events: readonly { topic: string; payload: Uint8Array }[]): Promise<void> {
    await sql.execute(
      `insert into spool (topic, payload) select topic, payload from unnest($1::text[], $2::bytea[]) with ordinality as e(topic, payload, place) order by place`,
      [events.map((e) => e.topic), events.map((e) => e.payload)],
    );
  },

  /**
   * Takes the oldest events, gives them to `work`, and forgets them when that resolves; a crash in between repeats them.
   * Returns how many; undefined when another replica is at it.
   */
  drain: (database: Database, limit: number, work: (events: readonly SpooledEvent[]) => Promise<void>): Promise<number | undefined> =>
    database.transaction(async (tx) => {
      const [lock] = await tx.query<{ mine: boolean }>(LOCK);
      if (lock?.mine !== true) return undefined;
      const events = await tx.query<SpooledEvent>('select id, topic, payload from spool order by id limit $1', [limit]);
      if (events.length === 0) return 0;
      await work(events);
      return tx.execute('delete from spool where id = any($1::bigint[])', [events.map((e) => e.id)]);
    }),

  /** How many wait, and for how long the oldest has, seconds. */
  async backlog(sql: Sql): Promise<{ events: number; oldestAgeSeconds: number }> {
    const [row] = await sql.query<{ events: number; age: number | null }>(
      'select count(*) as events, extract(epoch from clock_timestamp() - min(spooled_at))::float8 as age from spool',
    );
    return { events: row?.events ?? 0, oldestAgeSeconds: row?.age ?? 0 };
  },
};
