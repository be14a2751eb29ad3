import type { ConsentEvent, ConsentState, Purpose } from '@daybreak/consent';
import type { Sql } from '@daybreak/database';

/** One line of the ledger as it is shown: when what was said, where, under which notice. */
export interface RecordedLine {
  readonly id: number;
  readonly eventKey: string;
  /** Null while the person belongs to no recipient we know. */
  readonly recipientId: string | null;
  readonly purpose: Purpose;
  readonly change: ConsentEvent['change'];
  readonly saidAt: Date;
  readonly pausedUntil: Date | null;
  readonly source: string;
  readonly noticeVersion: string | null;
  readonly phoneNumberId: string | null;
  readonly recordedAt: Date;
}

/** A line and its proof. */
export interface ProvenLine extends RecordedLine {
  readonly sealedEvidence: Uint8Array | null;
  /** What the proof was sealed under: the line's own key, or that of the line it was adopted from. */
  readonly evidenceKey: string;
  /** The proof was sealed before anybody knew who it was, by the service's own key. */
  readonly isFromUnknown: boolean;
}

export interface HeldState {
  readonly recipientId: string;
  readonly version: number;
  readonly purpose: Purpose | null;
  readonly state: ConsentState | null;
  readonly since: Date | null;
  readonly pausedUntil: Date | null;
  readonly source: string | null;
}

const LINE = `e.id, e.event_key as "eventKey", e.recipient_id as "recipientId", e.purpose, e.change, e.said_at as "saidAt",
  e.paused_until as "pausedUntil", e.source, e.notice_version as "noticeVersion", e.phone_number_id as "phoneNumberId", e.recorded_at as "recordedAt"`;

/** The ledger for people to read: the desk, the person, the auditor. */
export const consentRecords = {
  /** One row per purpose that was ever spoken of, at least one per recipient. */
  states: (sql: Sql, recipientIds: readonly string[]): Promise<HeldState[]> =>
    sql.query<HeldState>(
      `select r.recipient_id as "recipientId", r.consent_version as version, s.purpose, s.state, s.since, s.paused_until as "pausedUntil", s.source
       from recipient r left join consent_state s using (recipient_id)
       where r.recipient_id = any($1::text[]) order by 1, s.purpose`,
      [recipientIds],
    ),

  /** Everything one recipient said, oldest first. */
  history: (sql: Sql, recipientId: string): Promise<RecordedLine[]> =>
    sql.query<RecordedLine>(`select ${LINE} from consent_event e where e.recipient_id = $1 order by e.said_at, e.id`, [recipientId]),

  /** The same with the proof of each line, which a line that was adopted has at the first of its kind. */
  proven: (sql: Sql, recipientId: string): Promise<ProvenLine[]> =>
    sql.query<ProvenLine>(
      `with recursive origin (line, id, adopted_from) as (
         select id, id, adopted_from from consent_event where recipient_id = $1
         union all
         select o.line, e.id, e.adopted_from from origin o join consent_event e on e.id = o.adopted_from
       )
       select ${LINE}, p.sealed_evidence as "sealedEvidence", p.event_key as "evidenceKey", p.recipient_id is null as "isFromUnknown"
       from consent_event e join origin o on o.line = e.id and o.adopted_from is null join consent_event p on p.id = o.id
       where e.recipient_id = $1 order by e.said_at, e.id`,
      [recipientId],
    ),

  /** Lines that were recorded in `[from, to)`, by id, after one that was seen. For a report that may be longer than memory. */
  page: (
    sql: Sql,
    range: { readonly from: Date; readonly to: Date; readonly afterId: number; readonly limit: number },
  ): Promise<RecordedLine[]> =>
    sql.query<RecordedLine>(
      `select ${LINE} from consent_event e where e.id > $3 and e.recorded_at >= $1 and e.recorded_at < $2 order by e.id limit $4`,
      [range.from, range.to, range.afterId, range.limit],
    ),
};
