import type { Sql } from '@daybreak/database';
import type { DirectWord } from '../consent/direct-word.js';
import { consentStates } from './consent.repository.js';

interface DueRow {
  readonly recipientId: string;
  readonly version: number;
  readonly isErased: boolean;
}

/** Whose consent the direct path has yet to carry. Rows are written where the change is. */
export const directDue = {
  /** What holds of the longest waiting, at most `limit`, who have waited for so many seconds. Locks their rows: an erasure comes after it or before. */
  async waiting(tx: Sql, limit: number, forSeconds: number): Promise<DirectWord[]> {
    const rows = await tx.query<DueRow>(
      `select d.recipient_id as "recipientId", case when d.erased then d.version else coalesce(r.consent_version, d.version) end as version, d.erased as "isErased"
       from direct_due d left join recipient r using (recipient_id)
       where d.due_at < statement_timestamp() - make_interval(secs => $2) order by d.due_at limit $1 for update of d skip locked`,
      [limit, forSeconds],
    );
    const states = await consentStates.of(
      tx,
      rows.filter((row) => !row.isErased).map((row) => row.recipientId),
    );
    return rows.map(({ recipientId, version, isErased }) => ({
      recipientId,
      version,
      consent: isErased ? 'erased' : (states.get(recipientId) ?? {}),
    }));
  },

  /** The direct path has carried these versions. Later ones stay due, and so do those that somebody is renewing: no STOP waits for this, nor this for it. */
  async carried(sql: Sql, words: readonly { readonly recipientId: string; readonly version: number }[]): Promise<void> {
    if (words.length === 0) return;
    await sql.execute(
      `delete from direct_due where recipient_id in (
         select d.recipient_id from direct_due d join unnest($1::text[], $2::bigint[]) as c (recipient_id, version)
           on d.recipient_id = c.recipient_id and d.version <= c.version
         for update of d skip locked)`,
      [words.map((word) => word.recipientId), words.map((word) => word.version)],
    );
  },
};
