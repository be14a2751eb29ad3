import { Database } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import type { Breaker } from '../states/breakers.js';
import type { ToldShard, ToldWaba, ToldRun, ToldTemplate } from '../states/told-states.js';
import { instantOf } from './instants.js';
import { Prisma } from './prisma.js';

/** Keeps what other services said, for `LookRepository` to read. Newer versions replace older ones, in any order of arrival. */
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

  async recordEvidence(observedUntilMs: number): Promise<void> {
    await this.database.execute(
      `insert into evidence (observed_until) values (${instantOf('$1')})
       on conflict (one) do update set observed_until = excluded.observed_until where evidence.observed_until < excluded.observed_until`,
      [observedUntilMs],
    );
  }

  async closeBreakers(breakers: readonly Pick<Breaker, 'scope' | 'key'>[]): Promise<void> {
    for (const { scope, key } of breakers) await this.prisma.breaker.deleteMany({ where: { scope, key } });
  }
}
