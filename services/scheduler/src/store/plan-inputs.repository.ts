import type { Sql } from '@daybreak/database';
import type { PackAudience } from '@daybreak/delivery';
import { takesShare, type ShardStateName } from '@daybreak/shards';
import { isSendable, templateStatusOf } from '@daybreak/templates';
import { Injectable } from '@nestjs/common';
import type { BudgetsLeft, PackImage, PlanInputs, PlanPack, PlanShard, PlanTemplate } from '../plan/plan-inputs.js';

export interface PlanInputsScope {
  readonly runId: string;
  readonly tenantId: string;
  readonly runDate: string;
  readonly countedSinceMs: number;
  readonly opensAtMs: number;
}

const HOUR_MS = 3_600_000;

/** Reads the projections as they are in the caller's snapshot. */
@Injectable()
export class PlanInputsRepository {
  async load(tx: Sql, scope: PlanInputsScope): Promise<PlanInputs> {
    return {
      packs: await this.packs(tx, scope),
      templates: await this.templates(tx),
      shards: await this.shards(tx, scope),
      budgetsLeft: await this.budgetsLeft(tx, scope),
    };
  }

  private async packs(tx: Sql, scope: PlanInputsScope): Promise<PlanPack[]> {
    const rows = await tx.query<PackRow>(
      `select p.content_pack_id, to_char(p.run_date, 'YYYY-MM-DD') as run_date, p.language, p.audience, p.segment, p.critical, p.content_hash, p.parts,
              p.body_parameters, p.published_at
       from content_pack p
       where p.tenant_id = $1 and (p.run_date = $2::date or p.run_date is null)
         and not exists (select 1 from content_pack_withdrawal w where w.content_pack_id = p.content_pack_id)
       order by p.content_pack_id`,
      [scope.tenantId, scope.runDate],
    );
    return rows.map(toPlanPack);
  }

  private async templates(tx: Sql): Promise<PlanTemplate[]> {
    const rows = await tx.query<TemplateRow>(
      `select * from template_version where role <> 'none' order by family, language, template_version`,
    );
    return rows.map(toPlanTemplate);
  }

  private async shards(tx: Sql, scope: PlanInputsScope): Promise<PlanShard[]> {
    const rows = await tx.query<ShardRow>(
      `select s.*, coalesce(w.mode, 'active') as waba_mode,
              (select count(*) from planned_delivery d join run u using (run_id)
               where u.run_date = $2::date and u.run_id <> $1 and d.shard_id = s.shard_id) as started_today,
              (select count(*) from planned_delivery d
               where d.run_id in (select run_id from run where closes_at > $3 and run_id <> $1)
                 and d.shard_id = s.shard_id and d.due_at > $3) as started_in_hour
       from shard s left join waba w using (waba_id)
       order by s.shard_id`,
      [scope.runId, scope.runDate, new Date(scope.opensAtMs - HOUR_MS)],
    );
    return rows
      .filter((row) => takesShare(row.mode) && row.waba_mode === 'active' && row.weight > 0 && row.allowed_rate > 0)
      .map(toPlanShard);
  }

  /** An unlimited portfolio is not in it, nor one whose limit nobody could read: the readiness gate says so. */
  private async budgetsLeft(tx: Sql, scope: PlanInputsScope): Promise<BudgetsLeft> {
    const rows = await tx.query<{ business_portfolio_id: string; messaging_limit: number; used: number }>(
      `select w.business_portfolio_id, min(w.portfolio_messaging_limit) as messaging_limit,
              (select count(distinct d.recipient_id) from planned_delivery d
               where d.run_id in (select run_id from run where closes_at > $2 and run_id <> $1)
                 and d.business_portfolio_id = w.business_portfolio_id and d.due_at > $2) as used
       from waba w
       where w.portfolio_messaging_limit > 0
       group by w.business_portfolio_id`,
      [scope.runId, new Date(scope.countedSinceMs)],
    );
    return new Map(rows.map((row) => [row.business_portfolio_id, Math.max(row.messaging_limit - row.used, 0)]));
  }
}

interface PackRow {
  content_pack_id: string;
  run_date: string | null;
  language: string;
  audience: PackAudience['kind'];
  segment: string | null;
  critical: boolean;
  content_hash: string;
  parts: readonly (PackImage & { kind: string })[];
  body_parameters: Record<string, string>;
  published_at: Date;
}

function toPlanPack(row: PackRow): PlanPack {
  const image = row.parts.find((part) => part.kind === 'CONTENT_PART_KIND_POST_IMAGE');
  if (image === undefined) throw new RangeError(`content pack ${row.content_pack_id} was taken without a POST_IMAGE`);
  return {
    contentPackId: row.content_pack_id,
    runDate: row.run_date ?? undefined,
    language: row.language,
    audience: row.audience,
    segment: row.segment ?? undefined,
    critical: row.critical,
    contentHash: row.content_hash,
    headerImage: { sha256: image.sha256, url: image.url, mediaType: image.mediaType, sizeBytes: image.sizeBytes },
    bodyParameters: row.body_parameters,
    publishedAtMs: row.published_at.getTime(),
  };
}

interface TemplateRow {
  family: string;
  language: string;
  template_version: string;
  name: string;
  role: 'active' | 'standby';
  wabas: readonly { wabaId: string; status: string; category: string }[];
  body_parameter_names: string[];
  named_parameters: boolean;
  has_image_header: boolean;
  quick_reply_payloads: string[];
}

const toPlanTemplate = (row: TemplateRow): PlanTemplate => ({
  family: row.family,
  language: row.language,
  templateVersion: row.template_version,
  name: row.name,
  role: row.role,
  category: row.wabas[0]?.category ?? '',
  sendableOn: new Set(row.wabas.filter((waba) => isSendable(templateStatusOf(waba.status))).map((waba) => waba.wabaId)),
  bodyParameterNames: row.body_parameter_names,
  namedParameters: row.named_parameters,
  hasImageHeader: row.has_image_header,
  quickReplyPayloads: row.quick_reply_payloads,
});

interface ShardRow {
  shard_id: string;
  waba_id: string;
  business_portfolio_id: string;
  mode: ShardStateName;
  waba_mode: string;
  allowed_rate: number;
  weight: number;
  daily_cap: number;
  hourly_cap: number;
  started_today: number;
  /** Of other runs, since an hour before this one opens. */
  started_in_hour: number;
}

const toPlanShard = (row: ShardRow): PlanShard => ({
  shardId: row.shard_id,
  wabaId: row.waba_id,
  businessPortfolioId: row.business_portfolio_id,
  weight: row.weight,
  ratePerSecond: row.allowed_rate,
  capLeft: capLeft(row),
});

function capLeft(row: ShardRow): number | undefined {
  const left: number[] = [];
  if (row.daily_cap > 0) left.push(row.daily_cap - row.started_today);
  if (row.hourly_cap > 0) left.push(row.hourly_cap - row.started_in_hour);
  return left.length === 0 ? undefined : Math.max(Math.min(...left), 0);
}
