import { Database, type Sql } from '@daybreak/database';
import { sendWindowFrom } from '@daybreak/timing';
import { Injectable } from '@nestjs/common';
import type { Exclusion, ShardShare } from '../plan/plan-summary.js';
import type { Readiness, ReadinessFact } from '../run/readiness.js';
import type { Run, RunStateName, ShardReport } from '../run/run.js';

/** The run's row, and what was reported of it. */
@Injectable()
export class RunRepository {
  constructor(private readonly database: Database) {}

  /** Announces runs that are not there yet. Returns the new ones; of several replicas only one gets each. */
  async announce(tx: Sql, runs: readonly Run[]): Promise<Run[]> {
    const added = await tx.query<{ run_id: string }>(
      `insert into run (run_id, tenant_id, run_date, state, version, time_zone, freeze_at, staged_by, opens_at, first_attempts_end_at, closes_at,
         deadline_at, live_seal_at, final_seal_at, objective, sla_stage, jitter_seed, changed_at)
       select * from jsonb_to_recordset($1::jsonb) as r(
         run_id text, tenant_id text, run_date date, state text, version bigint, time_zone text, freeze_at timestamptz, staged_by timestamptz,
         opens_at timestamptz, first_attempts_end_at timestamptz, closes_at timestamptz, deadline_at timestamptz, live_seal_at timestamptz,
         final_seal_at timestamptz, objective double precision, sla_stage text, jitter_seed text, changed_at timestamptz)
       on conflict (run_id) do nothing
       returning run_id`,
      [JSON.stringify(runs.map(announcedRow))],
    );
    return runs.filter((run) => added.some((row) => row.run_id === run.runId));
  }

  /** Runs that are not over, and those whose window closed after `sinceMs`. */
  async current(sinceMs: number): Promise<Run[]> {
    const sql = `select ${COLUMNS} from run where state <> 'CLOSED' or closes_at > $1 order by opens_at`;
    return (await this.database.query<RunRow>(sql, [new Date(sinceMs)])).map(toRun);
  }

  /** The run, if nobody else is acting on it; the lock lasts until the transaction ends. */
  async lock(tx: Sql, runId: string): Promise<Run | undefined> {
    const rows = await tx.query<RunRow>(`select ${COLUMNS} from run where run_id = $1 for update skip locked`, [runId]);
    return rows.map(toRun)[0];
  }

  async save(tx: Sql, run: Run): Promise<void> {
    await tx.execute(
      `update run set state = $2, version = $3, plan_hash = $4, planned = $5, fallback = $6, exclusions = $7, shards = $8, readiness = $9,
         gates_passed = $10, changed_at = $11
       where run_id = $1`,
      [
        run.runId,
        run.state,
        run.version,
        run.planHash ?? null,
        run.planned,
        run.fallback,
        JSON.stringify(run.exclusions),
        JSON.stringify(run.shards),
        run.readiness === undefined ? null : JSON.stringify(run.readiness),
        run.gatesPassed,
        new Date(run.changedAtMs),
      ],
    );
  }

  async find(runId: string): Promise<Run | undefined> {
    return (await this.database.query<RunRow>(`select ${COLUMNS} from run where run_id = $1`, [runId])).map(toRun)[0];
  }

  /** The newest runs first. */
  async list(limit: number): Promise<Run[]> {
    return (await this.database.query<RunRow>(`select ${COLUMNS} from run order by opens_at desc limit $1`, [limit])).map(toRun);
  }

  /**
   * Was the plan of this date bound already? Then no pack can enter it any more. Waits for a freeze that is under way, and until this transaction
   * ends no freeze begins: the rows are written, not only locked, so that a freeze whose snapshot is older than the pack fails and is tried again.
   */
  async isPlanned(tx: Sql, tenantId: string, runDate: string): Promise<boolean> {
    const sql = `update run set state = state where tenant_id = $1 and run_date = $2::date returning state`;
    return (await tx.query<{ state: RunStateName }>(sql, [tenantId, runDate])).some(({ state }) => state !== 'OPEN');
  }

  /** Forgets the plans of older days: who got what, and who got nothing. The runs themselves stay. */
  async forgetPlansBefore(runDate: string): Promise<number> {
    const ofOlderRuns = 'where run_id in (select run_id from run where run_date < $1::date)';
    await this.database.execute(`delete from plan_exclusion ${ofOlderRuns}`, [runDate]);
    return this.database.execute(`delete from planned_delivery ${ofOlderRuns}`, [runDate]);
  }

  async reports(sql: Sql = this.database): Promise<ShardReport[]> {
    const rows = await sql.query<ReportRow>('select * from shard_report order by shard_id');
    return rows.map((row) => ({
      shardId: row.shard_id,
      runId: row.run_id,
      staged: row.staged,
      mediaReady: row.media_ready,
      mediaNeeded: row.media_needed,
      statisticsFresh: row.statistics_fresh,
      paused: row.paused,
      breakers: row.breakers,
    }));
  }

  /** Facts as they count at an instant: what is stale is unknown. */
  async facts(sql: Sql, nowMs: number): Promise<ReadinessFact[]> {
    const rows = await sql.query<{ check_id: string; state: ReadinessFact['state']; detail: string; stale_at: Date | null }>(
      'select check_id, state, detail, stale_at from readiness_fact order by check_id',
    );
    return rows.map((row) =>
      row.stale_at !== null && row.stale_at.getTime() <= nowMs
        ? { checkId: row.check_id, state: 'unknown', detail: `stale; last seen: ${row.detail}` }
        : { checkId: row.check_id, state: row.state, detail: row.detail },
    );
  }
}

interface ReportRow {
  shard_id: string;
  run_id: string;
  staged: number;
  media_ready: number;
  media_needed: number;
  statistics_fresh: boolean;
  paused: boolean;
  breakers: string[];
}

const COLUMNS = `run_id, tenant_id, to_char(run_date, 'YYYY-MM-DD') as run_date, state, version, time_zone, freeze_at, staged_by, opens_at,
  first_attempts_end_at, closes_at, deadline_at, live_seal_at, final_seal_at, objective, sla_stage, jitter_seed, plan_hash, planned, fallback,
  exclusions, shards, readiness, gates_passed, changed_at`;

interface RunRow {
  run_id: string;
  tenant_id: string;
  run_date: string;
  state: RunStateName;
  version: number;
  time_zone: string;
  freeze_at: Date;
  staged_by: Date;
  opens_at: Date;
  first_attempts_end_at: Date;
  closes_at: Date;
  deadline_at: Date;
  live_seal_at: Date;
  final_seal_at: Date;
  objective: number;
  sla_stage: 'sent' | 'delivered';
  jitter_seed: string;
  plan_hash: string | null;
  planned: number;
  fallback: number;
  exclusions: Exclusion[];
  shards: ShardShare[];
  readiness: Readiness | null;
  gates_passed: number;
  changed_at: Date;
}

const toRun = (row: RunRow): Run => ({
  runId: row.run_id,
  tenantId: row.tenant_id,
  runDate: row.run_date,
  state: row.state,
  version: row.version,
  window: sendWindowFrom({
    freezeAt: row.freeze_at.getTime(),
    stagedBy: row.staged_by.getTime(),
    opensAt: row.opens_at.getTime(),
    firstAttemptsEndAt: row.first_attempts_end_at.getTime(),
    closesAt: row.closes_at.getTime(),
    deadlineAt: row.deadline_at.getTime(),
    liveSealAt: row.live_seal_at.getTime(),
    finalSealAt: row.final_seal_at.getTime(),
  }),
  timeZone: row.time_zone,
  objective: row.objective,
  slaStage: row.sla_stage,
  jitterSeed: row.jitter_seed,
  planHash: row.plan_hash ?? undefined,
  planned: row.planned,
  fallback: row.fallback,
  exclusions: row.exclusions,
  shards: row.shards,
  readiness: row.readiness ?? undefined,
  gatesPassed: row.gates_passed,
  changedAtMs: row.changed_at.getTime(),
});

const announcedRow = (run: Run): object => ({
  run_id: run.runId,
  tenant_id: run.tenantId,
  run_date: run.runDate,
  state: run.state,
  version: run.version,
  time_zone: run.timeZone,
  freeze_at: new Date(run.window.freezeAt),
  staged_by: new Date(run.window.stagedBy),
  opens_at: new Date(run.window.opensAt),
  first_attempts_end_at: new Date(run.window.firstAttemptsEndAt),
  closes_at: new Date(run.window.closesAt),
  deadline_at: new Date(run.window.deadlineAt),
  live_seal_at: new Date(run.window.liveSealAt),
  final_seal_at: new Date(run.window.finalSealAt),
  objective: run.objective,
  sla_stage: run.slaStage,
  jitter_seed: run.jitterSeed,
  changed_at: new Date(run.changedAtMs),
});
