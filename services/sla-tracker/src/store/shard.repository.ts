import { Database } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import type { ShardReport, ShardStanding } from '../run/shard.js';
import { arraysOf, column, instant, namesOf, selected, unnested, type BatchColumn } from './batch-columns.js';
import { Prisma } from './prisma.js';

const REPORT: readonly BatchColumn<ShardReport>[] = [
  column('shard_id', 'text', (r) => r.shardId),
  column('phone_number_id', 'text', (r) => r.phoneNumberId),
  column('run_id', 'text', (r) => r.runId),
  column('owner', 'text', (r) => r.owner),
  column('epoch', 'bigint', (r) => r.epoch),
  column('staged', 'bigint', (r) => r.staged),
  column('waiting', 'bigint', (r) => r.waiting),
  column('in_flight', 'bigint', (r) => r.inFlight),
  column('ambiguous', 'bigint', (r) => r.ambiguous),
  column('settled', 'bigint', (r) => r.settled),
  column('allowed_rate', 'double precision', (r) => r.allowedRate),
  column('actual_rate', 'double precision', (r) => r.actualRate),
  column('paused', 'boolean', (r) => r.paused),
  column('breakers', 'jsonb', (r) => JSON.stringify(r.breakers)),
  instant('reported_at', (r) => r.reportedAt),
];
const STATE: readonly BatchColumn<ShardStanding>[] = [
  column('shard_id', 'text', (s) => s.shardId),
  column('phone_number_id', 'text', (s) => s.phoneNumberId),
  column('role', 'text', (s) => s.role),
  column('mode', 'text', (s) => s.mode),
  column('allowed_rate', 'double precision', (s) => s.allowedRate),
  instant('until', (s) => s.until),
  column('reason', 'text', (s) => s.reason),
  column('quality_rating', 'text', (s) => s.qualityRating),
  column('display_suffix', 'text', (s) => s.displaySuffix),
  column('version', 'bigint', (s) => s.version),
];

/** The newest row of each key replaces what is held, if that is older by `newer`. */
const upsert = <Row>(table: string, columns: readonly BatchColumn<Row>[], newer: string): string => `
  insert into ${table} as held (${namesOf(columns)}) select ${selected(columns)} from ${unnested(columns, 1)} order by u.shard_id
  on conflict (shard_id) do update set (${namesOf(columns)}) = row(${columns.map((c) => `excluded.${c.name}`).join(', ')})
  where ${newer}`;

const UPSERT_REPORT = upsert('shard_report', REPORT, '(held.epoch, held.reported_at) < (excluded.epoch, excluded.reported_at)');
const UPSERT_STATE = upsert('shard_state', STATE, 'held.version < excluded.version');

/** What is known of the shards now. */
@Injectable()
export class ShardRepository {
  constructor(
    private readonly prisma: Prisma,
    private readonly database: Database,
  ) {}

  /** One row per shard. A new owner's report wins over a late one of the old owner. */
  async upsertReports(reports: readonly ShardReport[]): Promise<void> {
    await this.database.execute(UPSERT_REPORT, arraysOf(REPORT, reports));
  }

  /** One row per shard. */
  async upsertStates(states: readonly ShardStanding[]): Promise<void> {
    await this.database.execute(UPSERT_STATE, arraysOf(STATE, states));
  }

  async reports(): Promise<ShardReport[]> {
    const rows = await this.prisma.shardReport.findMany({ orderBy: { shardId: 'asc' } });
    return rows.map((row) => ({
      ...row,
      epoch: Number(row.epoch),
      staged: Number(row.staged),
      waiting: Number(row.waiting),
      inFlight: Number(row.inFlight),
      ambiguous: Number(row.ambiguous),
      settled: Number(row.settled),
      breakers: row.breakers as string[],
      reportedAt: row.reportedAt.getTime(),
    }));
  }

  async states(): Promise<ShardStanding[]> {
    const rows = await this.prisma.shardState.findMany({ orderBy: { shardId: 'asc' } });
    return rows.map((row) => ({
      ...row,
      role: row.role as ShardStanding['role'],
      until: row.until?.getTime(),
      version: Number(row.version),
    }));
  }
}
