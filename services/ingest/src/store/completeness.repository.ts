import type { Sql } from '@daybreak/database';

const KEPT_DAYS = 30;

/** The first status of a message that was accepted at the end of a minute is stamped in the next. */
const STAMPED_LATER_MS = 60_000;

/** Messages expected and first statuses seen, by minute, of all replicas. */
export const completeness = {
  async add(tx: Sql, minutes: readonly { minuteMs: number; expected: number; seen: number }[]): Promise<void> {
    if (minutes.length === 0) return;
    const ordered = minutes.toSorted((a, b) => a.minuteMs - b.minuteMs); // two replicas wait for each other instead of deadlocking
    await tx.execute(
      `insert into webhook_minute (minute, expected, seen) select * from unnest($1::timestamptz[], $2::bigint[], $3::bigint[])
       on conflict (minute) do update set expected = webhook_minute.expected + excluded.expected, seen = webhook_minute.seen + excluded.seen`,
      [ordered.map((m) => new Date(m.minuteMs)), ordered.map((m) => m.expected), ordered.map((m) => m.seen)],
    );
  },

  /** Messages of the minutes that begin in the span, its end excluded, and the first statuses that may be theirs. */
  async sum(tx: Sql, fromMs: number, toMs: number): Promise<{ expected: number; seen: number }> {
    const [row] = await tx.query<{ expected: number; seen: number }>(
      `select coalesce(sum(expected) filter (where minute < $2), 0)::bigint as expected, coalesce(sum(seen), 0)::bigint as seen
       from webhook_minute where minute >= $1 and minute < $3`,
      [new Date(fromMs), new Date(toMs), new Date(toMs + STAMPED_LATER_MS)],
    );
    return row ?? { expected: 0, seen: 0 };
  },

  /** True for the one caller who changes it. */
  async becomes(tx: Sql, missing: boolean): Promise<boolean> {
    return (await tx.execute('update webhook_alarm set missing = $1 where missing <> $1', [missing])) > 0;
  },

  forget: (sql: Sql, nowMs: number): Promise<number> =>
    sql.execute('delete from webhook_minute where minute < $1::timestamptz - make_interval(days => $2)', [new Date(nowMs), KEPT_DAYS]),
};
