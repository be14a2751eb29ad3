import type { Sql } from '@daybreak/database';

const KEPT_DAYS = 90;

/** Updates of Meta that this release cannot read, sealed. */
export const unhandledUpdates = {
  async keep(tx: Sql, updates: readonly { digest: string; field: string; wabaId: string; sealed: Uint8Array }[]): Promise<void> {
    if (updates.length === 0) return;
    await tx.execute(
      `insert into unhandled_update (digest, field, waba_id, sealed_update)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) as u(digest) order by digest
       on conflict (digest) do nothing`,
      [updates.map((u) => u.digest), updates.map((u) => u.field), updates.map((u) => u.wabaId), updates.map((u) => u.sealed)],
    );
  },

  /** At most `limit` at a time. Returns how many were forgotten. */
  forget: (sql: Sql, limit: number): Promise<number> =>
    sql.execute(
      `delete from unhandled_update where digest in (
         select digest from unhandled_update where received_at < statement_timestamp() - make_interval(days => $1) limit $2)`,
      [KEPT_DAYS, limit],
    ),
};
