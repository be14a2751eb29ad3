import type { ConsentState, PurposeConsent } from '@daybreak/consent';
import { Database } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import type { ToldConsent, Erasure } from '../states/told-consent.js';
import { instantOf, msOf } from './instants.js';

/** A back office that imports everybody at once must not fill the memory; the claim sees them all anyway. */
const MOST_RECENT = 10_000;

/** The sender's own picture of who said yes; ingest's ledger is the truth. */
@Injectable()
export class ConsentRepository {
  constructor(private readonly database: Database) {}

  /** A smaller version is stale. Comes by Kafka and to every pod by the direct path, in any order: what is there already is only looked at, not locked. */
  async upsert(rows: readonly ToldConsent[]): Promise<void> {
    const newest = [...newestOf(rows).values()].sort((a, b) =>
      a.recipientId < b.recipientId ? -1 : a.recipientId > b.recipientId ? 1 : a.purpose < b.purpose ? -1 : 1,
    );
    if (newest.length === 0) return;
    const column = <K extends keyof ToldConsent>(name: K): ToldConsent[K][] => newest.map((row) => row[name]);
    await this.database.execute(
      `insert into consent (recipient_id, purpose, state, paused_until, since, version)
       select c.recipient_id, c.purpose, c.state, ${instantOf('c.until_ms')}, ${instantOf('c.since_ms')}, c.version
       from unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::float8[], $6::bigint[]) as c (recipient_id, purpose, state, until_ms, since_ms, version)
       where not exists (select from consent k where k.recipient_id = c.recipient_id and k.purpose = c.purpose and k.version >= c.version)
       on conflict (recipient_id, purpose) do update set
         state = excluded.state, paused_until = excluded.paused_until, since = excluded.since, version = excluded.version, touched_at = clock_timestamp()
       where consent.version < excluded.version`,
      [column('recipientId'), column('purpose'), column('state'), column('pausedUntilMs'), column('sinceMs'), column('version')],
    );
  }

  /** Their consent goes; that they were erased is kept for plans that come later. */
  async erase(recipientIds: readonly string[], nowMs: number): Promise<void> {
    await this.database.execute(
      `insert into erased_recipient (recipient_id, erased_at) select distinct r, ${instantOf('$2::float8')} from unnest($1::text[]) as r on conflict do nothing`,
      [recipientIds, nowMs],
    );
    await this.database.execute(`delete from consent where recipient_id = any($1::text[])`, [recipientIds]);
  }

  /** Forgets what was held before each erasure; what people who came again have said since stays. */
  async eraseOlder(people: readonly Erasure[]): Promise<void> {
    await this.database.execute(
      `delete from consent c using unnest($1::text[], $2::bigint[]) as e (recipient_id, version)
       where c.recipient_id = e.recipient_id and c.version < e.version`,
      [people.map((one) => one.recipientId), people.map((one) => one.version)],
    );
  }

  /** Which of these people were erased, and have not come back. */
  async erasedAmong(recipientIds: readonly string[]): Promise<string[]> {
    const rows = await this.database.query<{ recipient_id: string }>(
      `select recipient_id from erased_recipient where recipient_id = any($1::text[])`,
      [recipientIds],
    );
    return rows.map((row) => row.recipient_id);
  }

  /** They were erased and are known again. */
  async cameBack(recipientIds: readonly string[]): Promise<void> {
    await this.database.execute(`delete from erased_recipient where recipient_id = any($1::text[])`, [recipientIds]);
  }

  /**
   * What changed for a purpose within the last `seconds` of database time, whoever wrote it. The time of the statement, and not of the row that is
   * looked at: with that no index helps, and everybody's consent is read twice a second.
   */
  async changedWithin(seconds: number, purpose: string): Promise<Map<string, { consent: PurposeConsent; version: number }>> {
    const rows = await this.database.query<{
      recipient_id: string;
      state: ConsentState;
      since_ms: number;
      until_ms: number | null;
      version: number;
    }>(
      `select recipient_id, state, ${msOf('since')} as since_ms, ${msOf('paused_until')} as until_ms, version from consent
       where touched_at > statement_timestamp() - make_interval(secs => $1) and purpose = $2
       order by touched_at desc limit $3`,
      [seconds, purpose, MOST_RECENT],
    );
    return new Map(
      rows.map((row) => {
        const consent = { state: row.state, sinceMs: row.since_ms, ...(row.until_ms === null ? {} : { pausedUntilMs: row.until_ms }) };
        return [row.recipient_id, { consent, version: row.version }];
      }),
    );
  }
}

function newestOf(rows: readonly ToldConsent[]): Map<string, ToldConsent> {
  const newest = new Map<string, ToldConsent>();
  for (const row of rows) {
    const key = `${row.recipientId} ${row.purpose}`;
    const held = newest.get(key);
    if (!held || held.version < row.version) newest.set(key, row);
  }
  return newest;
}
