import type { Sql } from '@daybreak/database';

const KEPT_DAYS = 30;

/** The first status of a message that was accepted at the end of a minute is stamped in the next. */
const STAMPED_LATER_MS = 60_000;

/** Messages expected and first statuses seen, by WABA and minute, of all replicas. */
export const completeness = {
  async add(tx: Sql, minutes: readonly { wabaId: string; minuteMs: number; expected: number; seen: number }[]): Promise<void> {
    if (minutes.length === 0) return;
    await tx.execute(
      `insert into webhook_minute (waba_id, minute, expected, seen)
       select * from unnest($1::text[], $2::timestamptz[], $3::bigint[], $4::bigint[]) as m (waba_id, minute)
       order by minute, waba_id -- two replicas wait for each other instead of deadlocking
       on conflict (minute, waba_id) do update set expected = webhook_minute.expected + excluded.expected, seen = webhook_minute.seen + excluded.seen`,
      [minutes.map((m) => m.wabaId), minutes.map((m) => new Date(m.minuteMs)), minutes.map((m) => m.expected), minutes.map((m) => m.seen)],
    );
  },

  /** Messages of the minutes that begin in the span, its end excluded, and the first statuses of as many minutes: of the same, or of the ones a minute on. */
  sums: (tx: Sql, fromMs: number, toMs: number): Promise<{ wabaId: string; expected: number; seen: number }[]> =>
    tx.query(
      `select waba_id as "wabaId", coalesce(sum(expected) filter (where minute < $2), 0)::bigint as expected,
         greatest(coalesce(sum(seen) filter (where minute < $2), 0), coalesce(sum(seen) filter (where minute >= $3), 0))::bigint as seen
       from webhook_minute where minute >= $1 and minute < $4 group by waba_id`,
      [new Date(fromMs), new Date(toMs), new Date(fromMs + STAMPED_LATER_MS), new Date(toMs + STAMPED_LATER_MS)],
    ),

  /** True for the one caller who changes it. A WABA nobody has spoken of is not missing. */
  async becomes(tx: Sql, wabaId: string, missing: boolean): Promise<boolean> {
    const changed = await tx.execute(
      `insert into webhook_alarm (waba_id, missing) select $1, $2 where $2 or exists (select from webhook_alarm where waba_id = $1)
       on conflict (waba_id) do update set missing = excluded.missing where webhook_alarm.missing <> excluded.missing`,
      [wabaId, missing],
    );
    return changed > 0;
  },

  forget: (sql: Sql, nowMs: number): Promise<number> =>
    sql.execute('delete from webhook_minute where minute < $1::timestamptz - make_interval(days => $2)', [new Date(nowMs), KEPT_DAYS]),
};
