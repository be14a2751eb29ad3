import type { Sql } from '@daybreak/database';

export interface Recipient {
  readonly recipientId: string;
  readonly tenantId: string;
  readonly language: string;
  readonly addressKey: string | null;
  readonly sealedAddress: Uint8Array | null;
  readonly userId: string | null;
  readonly sealedEvidenceKey: Uint8Array;
}

/** What the back office says of one recipient now. */
export interface RecipientUpsert extends Recipient {
  readonly updatedAtMs: number;
}

/** Somebody who is gone. The version is later than any their consent ever had, and earlier than any it would have if they came again. */
export interface Erasure {
  readonly recipientId: string;
  readonly version: number;
}

export interface Erased {
  readonly people: readonly Erasure[];
  readonly lines: number;
}

/** A number and a user id that WhatsApp named in one breath. */
export interface Pair {
  readonly addressKey: string;
  readonly userId: string;
}

/**
 * By the clock, epoch ms, but for two changes within one: whoever is erased and comes again goes on from there, so that a sender who has not
 * heard of all that takes nothing new for old.
 */
export const NEXT_VERSION = 'greatest(consent_version + 1, floor(extract(epoch from clock_timestamp()) * 1000)::bigint)';

const COLUMNS = `recipient_id as "recipientId", tenant_id as "tenantId", language, address_key as "addressKey",
  sealed_address as "sealedAddress", business_scoped_user_id as "userId", sealed_evidence_key as "sealedEvidenceKey"`;

/** Of an upsert: the back office says the number that it said before. */
const IS_SAME_ADDRESS = 'recipient.stated_address_key is not distinct from excluded.stated_address_key';

const BY_PERSON = `from recipient where address_key = any($1::text[]) or business_scoped_user_id = any($2::text[])`;

/**
 * On all recipients. `against writers`: waits for everyone who writes recipients, and keeps the next ones waiting until the transaction ends.
 * `as a writer`: what every writer takes anyway, only earlier, so that the two never wait for each other in a circle.
 */
export type RecipientLock = 'against writers' | 'as a writer';

/** Recipients as consent needs them. */
export const recipients = {
  async byId(sql: Sql, recipientIds: readonly string[]): Promise<Map<string, Recipient>> {
    const rows = await sql.query<Recipient>(`select ${COLUMNS} from recipient where recipient_id = any($1::text[])`, [recipientIds]);
    return new Map(rows.map((row) => [row.recipientId, row]));
  },

  /** Everybody behind these addresses and user ids: two people may share a phone. */
  byPerson: (sql: Sql, addressKeys: readonly string[], userIds: readonly string[]): Promise<Recipient[]> =>
    sql.query<Recipient>(`select ${COLUMNS} ${BY_PERSON} order by recipient_id`, [addressKeys, userIds]),

  /** The same, and nobody else changes their consent until the transaction ends. Ordered, so that two of these wait instead of deadlocking. */
  byPersonLocked: (tx: Sql, addressKeys: readonly string[], userIds: readonly string[]): Promise<Recipient[]> =>
    tx.query<Recipient>(`select ${COLUMNS} ${BY_PERSON} order by recipient_id for update`, [addressKeys, userIds]),

  /** These recipients, and everybody behind these addresses; locked like `byPersonLocked` where asked for. */
  named: (sql: Sql, recipientIds: readonly string[], addressKeys: readonly string[], how?: 'locked'): Promise<Recipient[]> =>
    sql.query<Recipient>(
      `select ${COLUMNS} from recipient where recipient_id = any($1::text[]) or address_key = any($2::text[])
       order by recipient_id ${how === 'locked' ? 'for update' : ''}`,
      [recipientIds, addressKeys],
    ),

  /** Before any row is locked. */
  lock: (tx: Sql, how: RecipientLock): Promise<number> =>
    tx.execute(`lock table recipient in ${how === 'as a writer' ? 'row exclusive' : 'share row exclusive'} mode`),

  /**
   * Writes what is newer than what is held, and locks the rest too. The evidence key of a recipient who is known stays, and so do a number and a
   * user id that WhatsApp told of, until the back office says another one than it said before. Returns all of them.
   */
  async upsert(tx: Sql, rows: readonly RecipientUpsert[]): Promise<Recipient[]> {
    const ordered = rows.toSorted((a, b) => (a.recipientId < b.recipientId ? -1 : 1));
    await tx.execute(
      `insert into recipient (recipient_id, tenant_id, language, address_key, sealed_address, business_scoped_user_id, sealed_evidence_key, updated_at,
         stated_address_key, stated_user_id)
       select r.*, r.address_key, r.user_id
       from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::bytea[], $8::timestamptz[])
         as r (recipient_id, tenant_id, language, address_key, sealed_address, user_id, sealed_evidence_key, updated_at)
       on conflict (recipient_id) do update set
         tenant_id = excluded.tenant_id, language = excluded.language, updated_at = excluded.updated_at,
         address_key = case when ${IS_SAME_ADDRESS} then recipient.address_key else excluded.address_key end,
         sealed_address = case when ${IS_SAME_ADDRESS} then recipient.sealed_address else excluded.sealed_address end,
         business_scoped_user_id = case when ${IS_SAME_ADDRESS} and recipient.stated_user_id is not distinct from excluded.stated_user_id
           then recipient.business_scoped_user_id else excluded.business_scoped_user_id end,
         stated_address_key = excluded.stated_address_key, stated_user_id = excluded.stated_user_id
       where recipient.updated_at <= excluded.updated_at`,
      [
        ordered.map((r) => r.recipientId),
        ordered.map((r) => r.tenantId),
        ordered.map((r) => r.language),
        ordered.map((r) => r.addressKey),
        ordered.map((r) => r.sealedAddress),
        ordered.map((r) => r.userId),
        ordered.map((r) => r.sealedEvidenceKey),
        ordered.map((r) => new Date(r.updatedAtMs)),
      ],
    );
    const ids = ordered.map((r) => r.recipientId);
    return tx.query<Recipient>(`select ${COLUMNS} from recipient where recipient_id = any($1::text[]) order by recipient_id for update`, [
      ids,
    ]);
  },

  /** WhatsApp says these people are reached elsewhere now. */
  async move(
    tx: Sql,
    moves: readonly { recipientId: string; addressKey: string | null; sealedAddress: Uint8Array | null; userId: string | null }[],
  ): Promise<void> {
    await tx.execute(
      `update recipient r set address_key = coalesce(m.address_key, r.address_key), sealed_address = coalesce(m.sealed_address, r.sealed_address),
         business_scoped_user_id = coalesce(m.user_id, r.business_scoped_user_id)
       from unnest($1::text[], $2::text[], $3::bytea[], $4::text[]) as m(recipient_id, address_key, sealed_address, user_id)
       where r.recipient_id = m.recipient_id`,
      [moves.map((m) => m.recipientId), moves.map((m) => m.addressKey), moves.map((m) => m.sealedAddress), moves.map((m) => m.userId)],
    );
  },

  /** Those who are known by the one and not by the other. `locked`, like `byPersonLocked`. */
  halfKnown: (sql: Sql, pairs: readonly Pair[], how?: 'locked'): Promise<Recipient[]> =>
    sql.query<Recipient>(
      `select ${COLUMNS} from recipient where recipient_id in (
         select r.recipient_id from recipient r join unnest($1::text[], $2::text[]) as p (address_key, user_id)
           on (r.address_key = p.address_key and r.business_scoped_user_id is null) or (r.business_scoped_user_id = p.user_id and r.address_key is null))
       order by recipient_id ${how === 'locked' ? 'for update' : ''}`,
      columnsOf(pairs),
    ),

  /** These are known by both from now on. @param recipientIds of those who are half known by the pairs, and locked */
  learn: (tx: Sql, pairs: readonly Pair[], recipientIds: readonly string[]): Promise<number> =>
    tx.execute(
      `update recipient r set address_key = coalesce(r.address_key, p.address_key), business_scoped_user_id = coalesce(r.business_scoped_user_id, p.user_id)
       from (select distinct on (address_key) * from unnest($1::text[], $2::text[]) as p (address_key, user_id) order by address_key, user_id) p
       where r.recipient_id = any($3::text[])
         and ((r.address_key = p.address_key and r.business_scoped_user_id is null) or (r.business_scoped_user_id = p.user_id and r.address_key is null))`,
      [...columnsOf(pairs), recipientIds],
    ),

  /**
   * Erases: the recipient's own key and all their rows, and what they said while they were nobody's, under whichever number. Counts stay.
   * Returns who was there, and how many lines of the ledger went.
   */
  async erase(tx: Sql, who: { readonly recipientIds: readonly string[]; readonly addressKeys: readonly string[] }): Promise<Erased> {
    const [lines] = await tx.query<{ lines: number }>(
      `with recursive person as (
         select recipient_id, address_key, business_scoped_user_id from recipient where recipient_id = any($1::text[])
       ), said (id, adopted_from) as (
         select e.id, e.adopted_from from consent_event e
         where e.recipient_id = any($1::text[])
           or (e.recipient_id is null and e.address_key = any($2::text[]))
           or (e.recipient_id is null and exists (
                 select from person p where e.address_key = p.address_key or e.business_scoped_user_id = p.business_scoped_user_id))
         union
         select e.id, e.adopted_from from consent_event e join said on e.id = said.adopted_from
       ), gone as (
         delete from consent_event e using said where e.id = said.id returning e.purpose, e.change, e.source
       ), counted as (
         insert into erased_consent (purpose, change, source, events)
         select purpose, change, source, count(*) from gone group by 1, 2, 3
         on conflict (purpose, change, source) do update set events = erased_consent.events + excluded.events
       )
       select count(*) as lines from gone`,
      [who.recipientIds, who.addressKeys],
    );
    await tx.execute('delete from last_pack where recipient_id = any($1::text[])', [who.recipientIds]);
    const people = await tx.query<Erasure>(
      `with gone as (
         delete from recipient where recipient_id = any($1::text[]) returning recipient_id, ${NEXT_VERSION} as version
       )
       insert into direct_due (recipient_id, version, erased) select recipient_id, version, true from gone order by recipient_id
       on conflict (recipient_id) do update set version = excluded.version, erased = true, due_at = excluded.due_at
       returning recipient_id as "recipientId", version`,
      [who.recipientIds],
    );
    return { people, lines: lines?.lines ?? 0 };
  },
};

const columnsOf = (pairs: readonly Pair[]): [string[], string[]] => [pairs.map((p) => p.addressKey), pairs.map((p) => p.userId)];
