import { Database, type Sql } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import { chain, CHAIN_START, type AuditEntry, type ChainedEntry } from '../audit/audit-chain.js';
import { arraysOf, column, instant, namesOf, selected, unnested, type BatchColumn } from './batch-columns.js';

const ENTRY: readonly BatchColumn<ChainedEntry>[] = [
  column('seq', 'bigint', (e) => e.seq),
  column('audit_id', 'text', (e) => e.auditId),
  column('actor', 'text', (e) => e.actor),
  column('action', 'text', (e) => e.action),
  column('object', 'text', (e) => e.object),
  column('before_digest', 'text', (e) => e.beforeDigest),
  column('after_digest', 'text', (e) => e.afterDigest),
  column('details', 'jsonb', (e) => JSON.stringify(e.details)),
  instant('recorded_at', (e) => e.recordedAt),
  column('previous_hash', 'text', (e) => e.previousHash),
  column('hash', 'text', (e) => e.hash),
];

interface EntryColumns {
  readonly seq: number;
  readonly audit_id: string;
  readonly actor: string;
  readonly action: string;
  readonly object: string;
  readonly before_digest: string;
  readonly after_digest: string;
  readonly details: Record<string, string>;
  readonly recorded_at: Date;
  readonly previous_hash: string;
  readonly hash: string;
}

/** The audit log: append-only, one chain. */
@Injectable()
export class AuditRepository {
  constructor(private readonly database: Database) {}

  /** Appends what is not in the log yet. One writer at a time: the chain has one end. */
  async append(tx: Sql, entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await tx.query(`select pg_advisory_xact_lock(hashtextextended(current_schema() || '.audit_log', 0))`);
    const known = await tx.query<{ audit_id: string }>('select audit_id from audit_log where audit_id = any($1::text[])', [
      entries.map((e) => e.auditId),
    ]);
    const seen = new Set(known.map((row) => row.audit_id));
    const fresh = entries.filter((entry) => !seen.has(entry.auditId) && seen.add(entry.auditId));
    const [last = CHAIN_START] = await tx.query<{ seq: number; hash: string }>('select seq, hash from audit_log order by seq desc limit 1');
    const chained = chain(last, fresh);
    if (chained.length === 0) return;
    await tx.execute(
      `insert into audit_log (${namesOf(ENTRY)}) select ${selected(ENTRY)} from ${unnested(ENTRY, 1)}`,
      arraysOf(ENTRY, chained),
    );
  }

  /** The next entries after `seq`, in order. */
  async after(seq: number, limit: number): Promise<ChainedEntry[]> {
    const rows = await this.database.query<EntryColumns>(`select ${namesOf(ENTRY)} from audit_log where seq > $1 order by seq limit $2`, [
      seq,
      limit,
    ]);
    return rows.map((row) => ({
      seq: row.seq,
      auditId: row.audit_id,
      actor: row.actor,
      action: row.action,
      object: row.object,
      beforeDigest: row.before_digest,
      afterDigest: row.after_digest,
      details: row.details,
      recordedAt: row.recorded_at.getTime(),
      previousHash: row.previous_hash,
      hash: row.hash,
    }));
  }
}
