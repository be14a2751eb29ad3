import { Database } from '@daybreak/database';
import { SHARD_STATE_NAMES, type ShardStateName } from '@daybreak/shards';
import { sendWindowFrom } from '@daybreak/timing';
import { Injectable } from '@nestjs/common';
import type { KnownRun, KnownShard } from '../shard/known-shard.js';
import type { Control } from '../states/control.js';
import type { Breaker } from '../states/breakers.js';
import type { ToldShard, ToldWaba, ToldRun, ToldTemplate } from '../states/told-states.js';
import { instantOf, msOf } from './instants.js';
import { Prisma } from './prisma.js';

const DAY_MS = 86_400_000;

/** What other services and operators said: few rows each, read whole. Newer versions replace older ones, in any order of arrival. */
@Injectable()
export class StatesRepository {
  constructor(
    private readonly database: Database,
    private readonly prisma: Prisma,
  ) {}

  async upsertShards(rows: readonly ToldShard[]): Promise<void> {
    for (const row of rows) {
      await this.database.execute(
        `insert into shard_state (shard_id, phone_number_id, waba_id, business_portfolio_id, role, mode, allowed_rate, throughput_mps, daily_cap, hourly_cap, weight, until, reason, version, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, ${instantOf('$12')}, $13, $14, ${instantOf('$15')})
         on conflict (shard_id) do update set
           phone_number_id = excluded.phone_number_id, waba_id = excluded.waba_id, business_portfolio_id = excluded.business_portfolio_id, role = excluded.role,
           mode = excluded.mode, allowed_rate = excluded.allowed_rate, throughput_mps = excluded.throughput_mps, daily_cap = excluded.daily_cap,
           hourly_cap = excluded.hourly_cap, weight = excluded.weight, until = excluded.until, reason = excluded.reason, version = excluded.version,
           changed_at = excluded.changed_at
         where shard_state.version < excluded.version`,
        [
          row.shardId,
          row.phoneNumberId,
          row.wabaId,
          row.businessPortfolioId,
          row.role,
          row.mode,
          row.allowedRate,
          row.throughputMps,
          row.dailyCap,
          row.hourlyCap,
          row.weight,
          row.untilMs,
          row.reason,
          row.version,
          row.changedAtMs,
        ],
      );
    }
  }

  async removeShards(shardIds: readonly string[]): Promise<void> {
    await this.prisma.shardState.deleteMany({ where: { shardId: { in: [...shardIds] } } });
  }

  async removeWabas(wabaIds: readonly string[]): Promise<void> {
    await this.prisma.wabaState.deleteMany({ where: { wabaId: { in: [...wabaIds] } } });
  }

  async upsertRuns(rows: readonly ToldRun[]): Promise<void> {
    for (const row of rows) {
      await this.database.execute(
        `insert into run (run_id, tenant_id, run_date, version, opens_at, first_attempts_end_at, closes_at, deadline_at, live_seal_at, shares, plan_hash)
         values ($1, $2, $3::date, $4, ${instantOf('$5')}, ${instantOf('$6')}, ${instantOf('$7')}, ${instantOf('$8')}, ${instantOf('$9')}, $10::jsonb, $11)
         on conflict (run_id) do update set
           version = excluded.version, opens_at = excluded.opens_at, first_attempts_end_at = excluded.first_attempts_end_at,
           closes_at = excluded.closes_at, deadline_at = excluded.deadline_at, live_seal_at = excluded.live_seal_at, shares = excluded.shares,
           plan_hash = coalesce(nullif(excluded.plan_hash, ''), run.plan_hash)
         where run.version < excluded.version`,
        [
          row.runId,
          row.tenantId,
          row.runDate,
          row.version,
          row.opensAtMs,
          row.firstAttemptsEndAtMs,
          row.closesAtMs,
          row.deadlineAtMs,
          row.liveSealAtMs,
          JSON.stringify(row.shares),
          row.planHash,
        ],
      );
    }
  }

  async upsertTemplates(rows: readonly ToldTemplate[]): Promise<void> {
    for (const row of rows) {
      await this.database.execute(
        `insert into template_state (family, language, template_version, name, wabas, version, changed_at)
         values ($1, $2, $3, $4, $5::jsonb, $6, ${instantOf('$7')})
         on conflict (family, language, template_version) do update set
           name = excluded.name, wabas = excluded.wabas, version = excluded.version, changed_at = excluded.changed_at
         where template_state.version < excluded.version`,
        [row.family, row.language, row.templateVersion, row.name, JSON.stringify(row.wabas), row.version, row.changedAtMs],
      );
    }
  }

  async addWithdrawnPacks(
    packs: readonly { readonly contentPackId: string; readonly reason: string; readonly withdrawnAtMs: number }[],
  ): Promise<void> {
    await this.prisma.withdrawnPack.createMany({
      data: packs.map((pack) => ({ contentPackId: pack.contentPackId, reason: pack.reason, withdrawnAt: new Date(pack.withdrawnAtMs) })),
      skipDuplicates: true,
    });
  }

  async shards(): Promise<KnownShard[]> {
    const rows = await this.prisma.shardState.findMany();
    return rows.map((row) => ({
      ...row,
      role: row.role === 'standby' ? 'standby' : 'primary',
      mode: modeOf(row.mode),
      dailyCap: Number(row.dailyCap),
      hourlyCap: Number(row.hourlyCap),
      changedAtMs: row.changedAt.getTime(),
    }));
  }

  /** Runs that may still have something to do: a day around now. */
  async runs(nowMs: number): Promise<KnownRun[]> {
    const rows = await this.prisma.run.findMany({ where: { closesAt: { gt: new Date(nowMs - DAY_MS) } } });
    return rows.map((row) => {
      const closesAt = row.closesAt.getTime();
      const deadlineAt = row.deadlineAt.getTime();
      const liveSealAt = row.liveSealAt?.getTime() ?? deadlineAt;
      return {
        runId: row.runId,
        runDate: row.runDate.toISOString().slice(0, 10),
        window: sendWindowFrom({
          freezeAt: row.opensAt.getTime(),
          stagedBy: row.opensAt.getTime(),
          opensAt: row.opensAt.getTime(),
          firstAttemptsEndAt: row.firstAttemptsEndAt.getTime(),
          closesAt,
          deadlineAt,
          liveSealAt,
          finalSealAt: liveSealAt,
        }),
        shares: new Map(Object.entries(row.shares as Record<string, number>)),
        analyzed: row.analyzedRows > 0n,
      };
    });
  }

  /** What Meta says of each template, by `name/language` and WABA. */
  async templates(): Promise<ToldTemplate[]> {
    const rows = await this.prisma.templateState.findMany();
    return rows.map((row) => ({
      family: row.family,
      language: row.language,
      templateVersion: row.templateVersion,
      name: row.name,
      wabas: row.wabas as unknown as ToldTemplate['wabas'],
      version: Number(row.version),
      changedAtMs: row.changedAt.getTime(),
    }));
  }

  async withdrawnPacks(): Promise<string[]> {
    return (await this.prisma.withdrawnPack.findMany({ select: { contentPackId: true } })).map((row) => row.contentPackId);
  }

  /** Operators' words, by shard; `*` is everybody. */
  async controls(): Promise<Map<string, Control>> {
    const rows = await this.prisma.shardControl.findMany();
    return new Map(rows.map((row) => [row.shardId, { ...row, updatedAtMs: row.updatedAt.getTime() }]));
  }

  /** Newer versions replace older ones. */
  async upsertWabas(rows: readonly ToldWaba[]): Promise<void> {
    for (const row of rows) {
      await this.database.execute(
        `insert into waba_state (waba_id, business_portfolio_id, mode, reason, portfolio_limit, version) values ($1, $2, $3, $4, $5, $6)
         on conflict (waba_id) do update set
           business_portfolio_id = excluded.business_portfolio_id, mode = excluded.mode, reason = excluded.reason,
           portfolio_limit = excluded.portfolio_limit, version = excluded.version
         where waba_state.version < excluded.version`,
        [row.wabaId, row.businessPortfolioId, row.mode, row.reason, row.portfolioLimit, row.version],
      );
    }
  }

  /** Unique recipients in rolling 24 hours, by portfolio, where there is a limit. Accounts of one portfolio may know of it at different times: the lowest counts. */
  async portfolioLimits(): Promise<Map<string, number>> {
    const rows = await this.database.query<{ id: string; lowest: number }>(
      `select business_portfolio_id as id, min(portfolio_limit) as lowest from waba_state where portfolio_limit > 0 group by business_portfolio_id`,
    );
    return new Map(rows.map(({ id, lowest }) => [id, lowest]));
  }

  /** As they lie there: `toContent` reads them. */
  async contents(contentIds: readonly string[]): Promise<Map<string, unknown>> {
    const rows = await this.prisma.content.findMany({ where: { contentId: { in: [...contentIds] } } });
    return new Map(rows.map((row) => [row.contentId, row.body]));
  }

  async evidenceUntil(): Promise<number> {
    const [row] = await this.database.query<{ ms: number }>(`select ${msOf('observed_until')} as ms from evidence`);
    return row?.ms ?? Number.NEGATIVE_INFINITY;
  }

  async recordEvidence(observedUntilMs: number): Promise<void> {
    await this.database.execute(
      `insert into evidence (observed_until) values (${instantOf('$1')})
       on conflict (one) do update set observed_until = excluded.observed_until where evidence.observed_until < excluded.observed_until`,
      [observedUntilMs],
    );
  }

  async breakers(): Promise<Breaker[]> {
    const rows = await this.prisma.breaker.findMany();
    return rows.map((row) => ({
      scope: row.scope as Breaker['scope'],
      key: row.key,
      fault: row.fault as Breaker['fault'],
      openedAtMs: row.openedAt.getTime(),
      until: row.endedBy as 'platform' | 'operator',
    }));
  }

  async closeBreakers(breakers: readonly Pick<Breaker, 'scope' | 'key'>[]): Promise<void> {
    for (const { scope, key } of breakers) await this.prisma.breaker.deleteMany({ where: { scope, key } });
  }
}

/** A mode that a newer release introduced: nothing is sent on what is not understood. */
const modeOf = (text: string): ShardStateName => SHARD_STATE_NAMES.find((name) => name === text) ?? 'halted';
