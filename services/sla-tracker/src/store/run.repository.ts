import { Database, type Sql } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import type { Exclusion, Run, RunReadiness, RunStateName } from '../run/run.js';
import { Prisma } from './prisma.js';
import type { RunModel } from './generated/models.js';

const WINDOW_COLUMNS = 'freeze_at, staged_by, opens_at, first_attempts_end_at, closes_at, deadline_at, live_seal_at, final_seal_at';

/** Runs as the scheduler tells them. */
@Injectable()
export class RunRepository {
  constructor(
    private readonly prisma: Prisma,
    private readonly database: Database,
  ) {}

  /** The newest version stays, whichever comes last. */
  async upsert(run: Run): Promise<void> {
    const { window } = run;
    await this.database.execute(
      `insert into run (run_id, tenant_id, run_date, version, state, ${WINDOW_COLUMNS}, time_zone, objective, sla_stage, eligible, planned, fallback,
                        exclusions, readiness, changed_at, plan_hash)
       select $1, $2, $3, $4, $5, ${Array.from({ length: 8 }, (_, i) => `to_timestamp($${6 + i} / 1000.0)`).join(', ')}, $14, $15, $16, $17, $18, $19,
              $20, $21, to_timestamp($22 / 1000.0), $23
       on conflict (run_id) do update set
         (tenant_id, run_date, version, state, ${WINDOW_COLUMNS}, time_zone, objective, sla_stage, eligible, planned, fallback, exclusions, readiness, changed_at, plan_hash) =
         row(excluded.tenant_id, excluded.run_date, excluded.version, excluded.state, ${WINDOW_COLUMNS.replaceAll(/\w+/g, 'excluded.$&')}, excluded.time_zone,
             excluded.objective, excluded.sla_stage, excluded.eligible, excluded.planned, excluded.fallback, excluded.exclusions, excluded.readiness, excluded.changed_at,
             excluded.plan_hash)
       where run.version < excluded.version`,
      [
        ...[run.runId, run.tenantId, run.runDate, run.version, run.state],
        ...[window.freezeAt, window.stagedBy, window.opensAt, window.firstAttemptsEndAt],
        ...[window.closesAt, window.deadlineAt, window.liveSealAt, window.finalSealAt],
        ...[run.timeZone, run.objective, run.slaStage, run.eligible, run.planned, run.fallback],
        ...[JSON.stringify(run.exclusions), run.readiness ? JSON.stringify(run.readiness) : null, run.changedAt, run.planHash ?? null],
      ],
    );
  }

  async find(runId: string): Promise<Run | undefined> {
    const row = await this.prisma.run.findUnique({ where: { runId } });
    return row ? runOf(row) : undefined;
  }

  /** The plan that each of these runs is bound to, where that is known. */
  async planHashes(runIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.prisma.run.findMany({
      where: { runId: { in: [...runIds] }, planHash: { not: null } },
      select: { runId: true, planHash: true },
    });
    return new Map(rows.flatMap(({ runId, planHash }) => (planHash === null ? [] : [[runId, planHash] as const])));
  }

  /** The latest runs, newest first. */
  async latest(limit: number): Promise<Run[]> {
    return (await this.prisma.run.findMany({ orderBy: [{ opensAt: 'desc' }, { runId: 'asc' }], take: limit })).map(runOf);
  }

  /** Runs that are not sealed for good. */
  async unsealed(): Promise<Run[]> {
    return (await this.prisma.run.findMany({ where: { seals: { none: { kind: 'final' } } } })).map(runOf);
  }

  /** Holds the run for this transaction; false when another replica does. */
  async lock(tx: Sql, runId: string): Promise<boolean> {
    return (await tx.query('select 1 from run where run_id = $1 for update skip locked', [runId])).length > 0;
  }
}

function runOf(row: RunModel): Run {
  return {
    runId: row.runId,
    tenantId: row.tenantId,
    runDate: row.runDate.toISOString().slice(0, 10),
    version: Number(row.version),
    state: row.state as RunStateName,
    window: {
      freezeAt: row.freezeAt.getTime(),
      stagedBy: row.stagedBy.getTime(),
      opensAt: row.opensAt.getTime(),
      firstAttemptsEndAt: row.firstAttemptsEndAt.getTime(),
      closesAt: row.closesAt.getTime(),
      deadlineAt: row.deadlineAt.getTime(),
      liveSealAt: row.liveSealAt.getTime(),
      finalSealAt: row.finalSealAt.getTime(),
    },
    timeZone: row.timeZone,
    objective: row.objective,
    slaStage: row.slaStage as Run['slaStage'],
    eligible: Number(row.eligible),
    planned: Number(row.planned),
    fallback: Number(row.fallback),
    exclusions: row.exclusions as unknown as readonly Exclusion[],
    readiness: (row.readiness ?? undefined) as unknown as RunReadiness | undefined,
    planHash: row.planHash ?? undefined,
    changedAt: row.changedAt.getTime(),
  };
}
