import type { Sql } from './sql.js';

/** Events already applied. Kafka and Meta both deliver more than once; where an effect is no upsert, the inbox makes it happen once. */
export const Inbox = {
  /**
   * Remembers the events and returns those that were not there before. In the same transaction as the effect: either both or neither.
   * @param consumer which of the service's consumers asks: two of them may each see the same event once
   */
  async fresh(tx: Sql, consumer: string, eventIds: readonly string[]): Promise<Set<string>> {
    if (eventIds.length === 0) return new Set();
    // Sorted, so that two transactions over the same events wait for each other instead of deadlocking.
    const rows = await tx.query<{ event_id: string }>(
      `insert into inbox (consumer, event_id)
       select $1, e from unnest($2::text[]) as e order by e
       on conflict do nothing
       returning event_id`,
      [consumer, [...new Set(eventIds)].sort()],
    );
    return new Set(rows.map((row) => row.event_id));
  },

  /** Forgets what is older than `days`, at most `limit` rows at a time. Returns how many it forgot. */
  async forget(sql: Sql, days: number, limit: number): Promise<number> {
    return sql.execute(
      `delete from inbox where (consumer, event_id) in (
         select consumer, event_id from inbox where seen_at < statement_timestamp() - make_interval(days => $1) limit $2)`,
      [days, limit],
    );
  },
};
