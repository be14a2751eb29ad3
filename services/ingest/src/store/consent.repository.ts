import type { Consent, ConsentEvent, ConsentState, Purpose } from '@daybreak/consent';
import type { Sql } from '@daybreak/database';
import { NEXT_VERSION } from './recipient.repository.js';

/** One line to be written into the ledger. */
export interface LedgerLine {
  /** The same fact has the same key for ever. */
  readonly eventKey: string;
  /** Null while the person belongs to no recipient we know. */
  readonly recipientId: string | null;
  readonly addressKey: string | null;
  readonly userId: string | null;
  readonly purpose: Purpose;
  readonly change: ConsentEvent['change'];
  readonly saidAtMs: number;
  readonly untilMs: number | null;
  readonly source: string;
  readonly noticeVersion: string | null;
  readonly sealedEvidence: Uint8Array | null;
  readonly wamidHash: string | null;
  readonly phoneNumberId: string | null;
}

/** What one recipient's ledger says, purpose by purpose. */
export interface FoldedConsent {
  readonly recipientId: string;
  readonly consent: Consent;
  readonly sources: Readonly<Partial<Record<Purpose, string>>>;
}

interface LedgerRow {
  readonly recipientId: string;
  readonly purpose: Purpose;
  readonly change: ConsentEvent['change'];
  readonly saidAt: Date;
  readonly pausedUntil: Date | null;
  readonly source: string;
}

/** What holds for one recipient. */
export interface HeldConsent {
  readonly consent: Consent;
  /** Zero for nobody we know. */
  readonly nextVersion: number;
}

/** The state's members are null for a recipient who never said anything. */
interface HeldRow {
  readonly recipientId: string;
  readonly nextVersion: number;
  readonly purpose: Purpose | null;
  readonly state: ConsentState | null;
  readonly since: Date | null;
  readonly pausedUntil: Date | null;
}

/** Meta's stamps are whole seconds. Ours are cut to them, so that a STOP also beats a yes of the same second that was stamped more finely. */
const secondOf = (ms: number): Date => new Date(Math.floor(ms / 1_000) * 1_000);

const instant = (ms: number | null | undefined): Date | null => (ms === null || ms === undefined ? null : new Date(ms));

/** Sources of what WhatsApp's own switch for our messages says: as it is turned, and as Meta refuses messages for it. */
const BY_SWITCH: ReadonlySet<string> = new Set(['user-preferences', 'error-131050']);

/** The consent ledger and its fold. Lines are added, never changed. */
export const ledger = {
  /** Adds the lines that are not there yet and returns their keys. */
  async append(tx: Sql, lines: readonly LedgerLine[]): Promise<Set<string>> {
    if (lines.length === 0) return new Set();
    const rows = await tx.query<{ event_key: string }>(
      `insert into consent_event (event_key, recipient_id, address_key, business_scoped_user_id, purpose, change, said_at, paused_until, source,
         notice_version, sealed_evidence, wamid_hash, phone_number_id)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::text[],
         $10::text[], $11::bytea[], $12::text[], $13::text[]) as l(event_key)
       order by event_key
       on conflict (event_key) do nothing
       returning event_key`,
      [
        lines.map((l) => l.eventKey),
        lines.map((l) => l.recipientId),
        lines.map((l) => l.addressKey),
        lines.map((l) => l.userId),
        lines.map((l) => l.purpose),
        lines.map((l) => l.change),
        lines.map((l) => secondOf(l.saidAtMs)),
        lines.map((l) => instant(l.untilMs)),
        lines.map((l) => l.source),
        lines.map((l) => l.noticeVersion),
        lines.map((l) => l.sealedEvidence),
        lines.map((l) => l.wamidHash),
        lines.map((l) => l.phoneNumberId),
      ],
    );
    return new Set(rows.map((row) => row.event_key));
  },

  /** Which of these keys the ledger has. */
  async present(sql: Sql, eventKeys: readonly string[]): Promise<Set<string>> {
    const rows = await sql.query<{ event_key: string }>('select event_key from consent_event where event_key = any($1::text[])', [
      eventKeys,
    ]);
    return new Set(rows.map((row) => row.event_key));
  },

  /**
   * What was said by an address or user id before it belonged to anybody we knew now belongs to these. Evidence stays on the first line.
   * Returns whose ledgers grew.
   */
  async adopt(tx: Sql, recipientIds: readonly string[]): Promise<Set<string>> {
    const rows = await tx.query<{ recipient_id: string }>(
      `insert into consent_event (event_key, recipient_id, address_key, business_scoped_user_id, purpose, change, said_at, paused_until, source,
         notice_version, wamid_hash, phone_number_id, adopted_from)
       select e.event_key || '/' || r.recipient_id, r.recipient_id, e.address_key, e.business_scoped_user_id, e.purpose, e.change, e.said_at, e.paused_until,
         e.source, e.notice_version, e.wamid_hash, e.phone_number_id, e.id
       from recipient r
       join consent_event e on e.recipient_id is null and (e.address_key = r.address_key or e.business_scoped_user_id = r.business_scoped_user_id)
       where r.recipient_id = any($1::text[])
       order by 1
       on conflict (event_key) do nothing
       returning recipient_id`,
      [recipientIds],
    );
    return new Set(rows.map((row) => row.recipient_id));
  },

  /** What an unknown person said, said again under the new address or user id. */
  async carryOver(
    tx: Sql,
    moves: readonly { addressKey: string; userId: string; toAddressKey: string; toUserId: string }[],
  ): Promise<void> {
    await tx.execute(
      `insert into consent_event (event_key, address_key, business_scoped_user_id, purpose, change, said_at, paused_until, source, wamid_hash, phone_number_id, adopted_from)
       select e.event_key || '>' || coalesce(nullif(m.to_address, ''), m.to_user), nullif(m.to_address, ''), nullif(m.to_user, ''), e.purpose, e.change, e.said_at,
         e.paused_until, e.source, e.wamid_hash, e.phone_number_id, e.id
       from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as m(address, user_id, to_address, to_user)
       join consent_event e on e.recipient_id is null
         and (e.address_key = nullif(m.address, '') or e.business_scoped_user_id = nullif(m.user_id, ''))
       order by 1
       on conflict (event_key) do nothing`,
      [moves.map((m) => m.addressKey), moves.map((m) => m.userId), moves.map((m) => m.toAddressKey), moves.map((m) => m.toUserId)],
    );
  },

  /** Everything these recipients ever said. */
  async of(tx: Sql, recipientIds: readonly string[]): Promise<Map<string, (ConsentEvent & { readonly source: string })[]>> {
    const rows = await tx.query<LedgerRow>(
      `select recipient_id as "recipientId", purpose, change, said_at as "saidAt", paused_until as "pausedUntil", source
       from consent_event where recipient_id = any($1::text[])`,
      [recipientIds],
    );
    const byRecipient = new Map<string, (ConsentEvent & { readonly source: string })[]>(recipientIds.map((id) => [id, []]));
    for (const row of rows) {
      const untilMs = row.pausedUntil?.getTime();
      byRecipient.get(row.recipientId)?.push({
        purpose: row.purpose,
        change: row.change,
        atMs: row.saidAt.getTime(),
        ...(untilMs === undefined ? {} : { untilMs }),
        ...(BY_SWITCH.has(row.source) ? { bySwitch: true } : {}),
        source: row.source,
      });
    }
    return byRecipient;
  },
};

export const consentStates = {
  async of(sql: Sql, recipientIds: readonly string[]): Promise<Map<string, Consent>> {
    return new Map([...(await consentStates.held(sql, recipientIds))].map(([recipientId, { consent }]) => [recipientId, consent]));
  },

  /** The same, and the version that the next change of a recipient has while their row is locked. */
  async held(sql: Sql, recipientIds: readonly string[]): Promise<Map<string, HeldConsent>> {
    const rows = await sql.query<HeldRow>(
      `select r.recipient_id as "recipientId", ${NEXT_VERSION} as "nextVersion", s.purpose, s.state, s.since, s.paused_until as "pausedUntil"
       from recipient r left join consent_state s using (recipient_id) where r.recipient_id = any($1::text[])`,
      [recipientIds],
    );
    const byRecipient = new Map<string, { consent: { -readonly [P in Purpose]?: Consent[P] }; nextVersion: number }>(
      recipientIds.map((id) => [id, { consent: {}, nextVersion: 0 }]),
    );
    for (const { recipientId, nextVersion, purpose, state, since, pausedUntil } of rows) {
      const held = byRecipient.get(recipientId);
      if (held === undefined) continue;
      held.nextVersion = nextVersion;
      if (purpose !== null && state !== null && since !== null)
        held.consent[purpose] = {
          state,
          sinceMs: since.getTime(),
          ...(pausedUntil === null ? {} : { pausedUntilMs: pausedUntil.getTime() }),
        };
    }
    return byRecipient;
  },

  /** Writes the folds, and that the senders have to hear of them. Goes out with the commit. */
  async put(tx: Sql, folded: readonly (FoldedConsent & { readonly version: number })[]): Promise<void> {
    const rows = folded.flatMap(({ recipientId, consent, sources }) =>
      (Object.entries(consent) as [Purpose, NonNullable<Consent[Purpose]>][]).map(([purpose, held]) => ({
        recipientId,
        purpose,
        held,
        source: sources[purpose] ?? '',
      })),
    );
    await tx.executeWithCommit(
      `with states as (
         insert into consent_state (recipient_id, purpose, state, since, paused_until, source)
         select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[])
         on conflict (recipient_id, purpose) do update set state = excluded.state, since = excluded.since, paused_until = excluded.paused_until, source = excluded.source
       ), versions as (
         update recipient r set consent_version = v.version from unnest($7::text[], $8::bigint[]) as v (recipient_id, version)
         where r.recipient_id = v.recipient_id
       )
       insert into direct_due (recipient_id, version) select recipient_id, version from unnest($7::text[], $8::bigint[]) as v (recipient_id, version)
       order by recipient_id
       on conflict (recipient_id) do update set version = excluded.version, erased = false, due_at = excluded.due_at`,
      [
        rows.map((r) => r.recipientId),
        rows.map((r) => r.purpose),
        rows.map((r) => r.held.state),
        rows.map((r) => instant(r.held.sinceMs)),
        rows.map((r) => instant(r.held.pausedUntilMs)),
        rows.map((r) => r.source),
        folded.map((f) => f.recipientId),
        folded.map((f) => f.version),
      ],
    );
  },
};
