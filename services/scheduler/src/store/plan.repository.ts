import type { Sql } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import type { DeliveryModeName, ExclusionReason, PlanRecipient, PlanShard } from '../plan/plan-inputs.js';
import type { Placeable } from '../plan/place.js';
import type { PlannedDelivery, PlannedRow } from '../plan/plan-line.js';
import { Prisma } from './prisma.js';
import { BATCH_ROWS, inBatches } from './in-batches.js';
import {
  candidateRow,
  DELIVERY_COLUMNS,
  toPlannedRow,
  toPlanRecipient,
  type Candidate,
  type DeliveryRow,
  type RecipientRow,
} from './plan-rows.js';

/** A candidate in search of a number. */
export interface UnplacedCandidate extends Omit<Placeable, 'sendableOn'> {
  readonly deliveryId: string;
  readonly templateKey: string;
}

export interface PlacedCandidate {
  readonly recipientId: string;
  readonly deliveryId: string;
  readonly shard: PlanShard;
}

/** A candidate in search of an instant. */
export interface UndatedCandidate {
  readonly recipientId: string;
  readonly deliveryId: string;
  readonly shardId: string;
  /** Epoch ms; undefined for nearly everybody. */
  readonly notBeforeMs: number | undefined;
}

/** Who a plan is drawn up for. */
export interface PlanScope {
  readonly runId: string;
  readonly tenantId: string;
  /** Deliveries due after it count against the limits of the last 24 hours, epoch ms. */
  readonly countedSinceMs: number;
  readonly opensAtMs: number;
}

/**
 * The tables of a plan while it is drawn up. Everything happens in the caller's transaction, on one snapshot: until it commits
 * nobody sees half a plan. It takes shape in temporary tables of that transaction.
 */
@Injectable()
export class PlanRepository {
  constructor(private readonly prisma: Prisma) {}

  /** Everybody, in the order of their ids. */
  async *recipients(tx: Sql, scope: PlanScope): AsyncGenerator<PlanRecipient[]> {
    const batches = inBatches<RecipientRow>(
      tx,
      `with capped as materialized (
         select d.recipient_id, max(c.until) as until
         from (select distinct run_id from user_cap where until > $2) r
         -- Plans of a year lie here: only those are read of which somebody is capped, once, and as a whole.
         cross join lateral (select recipient_id, delivery_id from planned_delivery where run_id = r.run_id offset 0) d
         join user_cap c on c.delivery_id = d.delivery_id and c.until > $2
         group by d.recipient_id
       )
       select r.recipient_id, r.language, r.segments, r.delivery_mode, r.address_key, r.body_parameters, c.purposes,
              (select array_agg(n.content_pack_id) from content_pack_recipient n where n.recipient_id = r.recipient_id) as named_in,
              capped.until as capped_until
       from recipient r left join consent c using (recipient_id) left join capped using (recipient_id)
       where r.tenant_id = $1
       order by r.recipient_id`,
      [scope.tenantId, new Date(scope.opensAtMs)],
    );
    for await (const rows of batches) yield rows.map(toPlanRecipient);
  }

  /** The tables in which a plan takes shape: who gets what, which number sends it, when it is due. */
  async openScratch(tx: Sql): Promise<void> {
    await tx.execute('drop table if exists candidate, placed, dated');
    await tx.execute(
      `create temp table candidate (
         recipient_id text collate "C" primary key, delivery_id uuid not null, address_key text not null unique,
         language text not null, delivery_mode text not null, content_pack_id text not null, content_hash text not null,
         fallback boolean not null, critical boolean not null, template_family text not null, template_version text not null,
         standby_template_version text, parameters_sha256 text not null,
         not_before_ms bigint
       ) on commit drop`,
    );
    await tx.execute(
      `create temp table placed (
         recipient_id text collate "C" not null, delivery_id uuid not null, shard_id text collate "C" not null, business_portfolio_id text not null
       ) on commit drop`,
    );
    await tx.execute('create temp table dated (recipient_id text collate "C" not null, due_at timestamptz not null) on commit drop');
  }

  /** Returns those who were added. The others share a phone with somebody who came before them. */
  async addCandidates(tx: Sql, candidates: readonly Candidate[]): Promise<Set<string>> {
    const added = await tx.query<{ recipient_id: string }>(
      `insert into candidate
       select * from jsonb_to_recordset($1::jsonb) as c(
         recipient_id text, delivery_id uuid, address_key text, language text, delivery_mode text, content_pack_id text, content_hash text,
         fallback boolean, critical boolean, template_family text, template_version text, standby_template_version text, parameters_sha256 text,
         not_before_ms bigint)
       on conflict (address_key) do nothing
       returning recipient_id`,
      [JSON.stringify(candidates.map(candidateRow))],
    );
    return new Set(added.map((row) => row.recipient_id));
  }

  async exclude(
    tx: Sql,
    scope: PlanScope,
    excluded: readonly { readonly recipientId: string; readonly reason: ExclusionReason }[],
  ): Promise<void> {
    if (excluded.length === 0) return;
    await tx.execute('insert into plan_exclusion (run_id, recipient_id, reason) select $1, * from unnest($2::text[], $3::text[])', [
      scope.runId,
      excluded.map((e) => e.recipientId),
      excluded.map((e) => e.reason),
    ]);
  }

  /**
   * Candidates in the order in which they may choose a number: critical content first, then by delivery id, which is a hash that
   * differs every day, so that a shortage does not meet the same people each morning.
   */
  async *candidatesByPriority(tx: Sql, scope: PlanScope): AsyncGenerator<UnplacedCandidate[]> {
    await tx.execute('analyze candidate'); // nobody else does that for a temporary table
    const batches = inBatches<{ recipient_id: string; delivery_id: string; template_key: string; counted_in: string[] | null }>(
      tx,
      `select k.recipient_id, k.delivery_id, k.template_family || '/' || k.language || '/' || k.template_version as template_key,
              (select array_agg(distinct d.business_portfolio_id) from planned_delivery d
               where d.run_id in (select run_id from run where closes_at > $2 and run_id <> $1)
                 and d.recipient_id = k.recipient_id and d.due_at > $2) as counted_in
       from candidate k
       order by k.critical desc, k.delivery_id`,
      [scope.runId, new Date(scope.countedSinceMs)],
    );
    for await (const rows of batches) {
      yield rows.map((row) => ({
        recipientId: row.recipient_id,
        deliveryId: row.delivery_id,
        templateKey: row.template_key,
        countedIn: row.counted_in ?? [],
      }));
    }
  }

  async place(tx: Sql, placed: readonly PlacedCandidate[]): Promise<void> {
    await tx.execute('insert into placed select * from unnest($1::text[], $2::uuid[], $3::text[], $4::text[])', [
      placed.map((p) => p.recipientId),
      placed.map((p) => p.deliveryId),
      placed.map((p) => p.shard.shardId),
      placed.map((p) => p.shard.businessPortfolioId),
    ]);
  }

  /** Placed candidates, one shard after the other, in the order of their delivery ids. */
  async *placedByShard(tx: Sql): AsyncGenerator<UndatedCandidate[]> {
    const batches = inBatches<{ recipient_id: string; delivery_id: string; shard_id: string; not_before_ms: number | null }>(
      tx,
      `select p.recipient_id, p.delivery_id, p.shard_id, k.not_before_ms
       from placed p join candidate k using (recipient_id) order by p.shard_id, p.delivery_id`,
    );
    for await (const rows of batches) {
      yield rows.map((row) => ({
        recipientId: row.recipient_id,
        deliveryId: row.delivery_id,
        shardId: row.shard_id,
        notBeforeMs: row.not_before_ms ?? undefined,
      }));
    }
  }

  async date(tx: Sql, due: readonly { readonly recipientId: string; readonly dueAtMs: number }[]): Promise<void> {
    await tx.execute(
      'insert into dated select d.recipient_id, to_timestamp(d.due_ms / 1000.0) from unnest($1::text[], $2::bigint[]) as d(recipient_id, due_ms)',
      [due.map((d) => d.recipientId), due.map((d) => d.dueAtMs)],
    );
  }

  /** Makes the plan of it: one statement, in the order of the primary key, which is many times faster than batches in any other order. */
  async store(tx: Sql, scope: PlanScope): Promise<void> {
    await tx.execute('analyze placed, dated');
    await tx.execute(
      `insert into planned_delivery (run_id, recipient_id, delivery_id, address_key, shard_id, business_portfolio_id, content_pack_id, content_hash,
         fallback, critical, language, delivery_mode, template_family, template_version, standby_template_version, parameters_sha256, due_at)
       select $1, k.recipient_id, k.delivery_id, k.address_key, p.shard_id, p.business_portfolio_id, k.content_pack_id, k.content_hash,
         k.fallback, k.critical, k.language, k.delivery_mode, k.template_family, k.template_version, k.standby_template_version, k.parameters_sha256,
         d.due_at
       from candidate k join placed p using (recipient_id) join dated d using (recipient_id)
       order by k.recipient_id`,
      [scope.runId],
    );
  }

  /** Fresh statistics: a bulk load before them costs later readers seconds. Not while looking ahead: it would lock out the freeze. */
  async analyze(tx: Sql): Promise<void> {
    await tx.execute('analyze planned_delivery');
  }

  /** The stored plan in the order of its recipient ids: what its hash is over. A frozen plan does not change, so no transaction is needed. */
  async *rows(sql: Sql, runId: string): AsyncGenerator<PlannedRow[]> {
    for (let after = ''; ;) {
      const rows = await sql.query<DeliveryRow>(
        `select ${DELIVERY_COLUMNS} from planned_delivery d where run_id = $1 and recipient_id > $2 order by recipient_id limit ${BATCH_ROWS}`,
        [runId, after],
      );
      if (rows.length > 0) yield rows.map(toPlannedRow);
      if (rows.length < BATCH_ROWS) return;
      after = rows.at(-1)?.recipient_id ?? '';
    }
  }

  /** The stored plan with what its events need besides. */
  async *deliveries(tx: Sql, runId: string, batchRows: number): AsyncGenerator<PlannedDelivery[]> {
    const batches = inBatches<DeliveryRow & { address_key: string; sealed_address: Buffer; body_parameters: Record<string, string> }>(
      tx,
      `select ${DELIVERY_COLUMNS}, d.address_key, r.sealed_address, r.body_parameters
       from planned_delivery d join recipient r using (recipient_id)
       where d.run_id = $1 order by d.due_at`,
      [runId],
      batchRows,
    );
    for await (const rows of batches) {
      yield rows.map((row) => ({
        ...toPlannedRow(row),
        addressKey: row.address_key,
        sealedAddress: row.sealed_address,
        recipientParameters: row.body_parameters,
      }));
    }
  }

  /** What the plan says of one recipient; undefined when it does not know them. */
  async explain(runId: string, recipientId: string): Promise<{ planned: PlannedRow } | { excluded: string } | undefined> {
    const where = { runId_recipientId: { runId, recipientId } };
    const delivery = await this.prisma.plannedDelivery.findUnique({ where });
    if (delivery !== null)
      return {
        planned: {
          ...delivery,
          deliveryMode: delivery.deliveryMode as DeliveryModeName,
          standbyTemplateVersion: delivery.standbyTemplateVersion ?? undefined,
        },
      };
    const exclusion = await this.prisma.planExclusion.findUnique({ where });
    return exclusion === null ? undefined : { excluded: exclusion.reason };
  }
}
