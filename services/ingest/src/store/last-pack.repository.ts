import type { Sql } from '@daybreak/database';

export interface LastPack {
  readonly recipientId: string;
  readonly contentPackId: string;
  readonly deliveryId: string;
  readonly dueAtMs: number;
}

/** Whoever taps later than this gets nothing: neither would the sender have the pack any more. */
const KEPT_DAYS = 14;

/** The pack each recipient was last planned to get. */
export const lastPacks = {
  /** At most one per recipient; an older one than what is held changes nothing. */
  async remember(sql: Sql, packs: readonly LastPack[]): Promise<void> {
    if (packs.length === 0) return;
    const ordered = packs.toSorted((a, b) => (a.recipientId < b.recipientId ? -1 : 1));
    await sql.execute(
      `insert into last_pack (recipient_id, content_pack_id, delivery_id, due_at)
       select * from unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[])
       on conflict (recipient_id) do update set content_pack_id = excluded.content_pack_id, delivery_id = excluded.delivery_id, due_at = excluded.due_at
       where last_pack.due_at <= excluded.due_at`,
      [
        ordered.map((p) => p.recipientId),
        ordered.map((p) => p.contentPackId),
        ordered.map((p) => p.deliveryId),
        ordered.map((p) => new Date(p.dueAtMs)),
      ],
    );
  },

  async of(sql: Sql, recipientIds: readonly string[]): Promise<Map<string, { contentPackId: string; deliveryId: string }>> {
    const rows = await sql.query<{ recipient_id: string; content_pack_id: string; delivery_id: string }>(
      'select recipient_id, content_pack_id, delivery_id from last_pack where recipient_id = any($1::text[])',
      [recipientIds],
    );
    return new Map(rows.map((row) => [row.recipient_id, { contentPackId: row.content_pack_id, deliveryId: row.delivery_id }]));
  },

  forget: (sql: Sql, nowMs: number): Promise<number> =>
    sql.execute('delete from last_pack where due_at < $1::timestamptz - make_interval(days => $2)', [new Date(nowMs), KEPT_DAYS]),
};
