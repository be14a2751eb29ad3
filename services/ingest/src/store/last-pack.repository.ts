import type { Sql } from '@daybreak/database';

export interface LastPack {
  readonly recipientId: string;
  readonly contentPackId: string;
  readonly deliveryId: string;
  readonly dueAtMs: number;
}

/** Whoever taps later than this gets nothing: neither would the sender have the pack any more. */
const KEPT_DAYS = 14;

/** The same delivery, planned again. */
const IS_SAME = 'last_pack.delivery_id = excluded.delivery_id';

/** The pack each recipient was last planned to get, and the one before. */
export const lastPacks = {
  /** At most one per recipient; an older one than what is held changes nothing. */
  async remember(sql: Sql, packs: readonly LastPack[]): Promise<void> {
    if (packs.length === 0) return;
    const ordered = packs.toSorted((a, b) => (a.recipientId < b.recipientId ? -1 : 1));
    await sql.execute(
      `insert into last_pack (recipient_id, content_pack_id, delivery_id, due_at)
       select * from unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[])
       on conflict (recipient_id) do update set content_pack_id = excluded.content_pack_id, delivery_id = excluded.delivery_id, due_at = excluded.due_at,
         before_content_pack_id = case when ${IS_SAME} then last_pack.before_content_pack_id else last_pack.content_pack_id end,
         before_delivery_id = case when ${IS_SAME} then last_pack.before_delivery_id else last_pack.delivery_id end,
         before_due_at = case when ${IS_SAME} then last_pack.before_due_at else last_pack.due_at end
       where last_pack.due_at <= excluded.due_at`,
      [
        ordered.map((p) => p.recipientId),
        ordered.map((p) => p.contentPackId),
        ordered.map((p) => p.deliveryId),
        ordered.map((p) => new Date(p.dueAtMs)),
      ],
    );
  },

  /** At most two of each recipient, the newer one first. */
  async of(sql: Sql, recipientIds: readonly string[]): Promise<Map<string, LastPack[]>> {
    const rows = await sql.query<Omit<LastPack, 'dueAtMs'> & { readonly dueAt: Date }>(
      `select recipient_id as "recipientId", pack.content_pack_id as "contentPackId", pack.delivery_id as "deliveryId", pack.due_at as "dueAt"
       from last_pack cross join lateral (values (content_pack_id, delivery_id, due_at), (before_content_pack_id, before_delivery_id, before_due_at))
         as pack (content_pack_id, delivery_id, due_at)
       where recipient_id = any($1::text[]) and pack.delivery_id is not null order by pack.due_at desc`,
      [recipientIds],
    );
    return Map.groupBy(
      rows.map(({ dueAt, ...pack }) => ({ ...pack, dueAtMs: dueAt.getTime() })),
      (pack) => pack.recipientId,
    );
  },

  forget: (sql: Sql, nowMs: number): Promise<number> =>
    sql.execute('delete from last_pack where due_at < $1::timestamptz - make_interval(days => $2)', [new Date(nowMs), KEPT_DAYS]),
};
