import { CONFIG } from '@daybreak/config';
import type { Sql } from '@daybreak/database';
import { deliveryIdOf } from '@daybreak/kernel';
import { dueInstantOf, parseSpread, spreadOver, type SendWindow, type Spread } from '@daybreak/timing';
import { Inject, Injectable } from '@nestjs/common';
import type { Run } from '../run/run.js';
import type { SchedulerConfig } from '../scheduler.config.js';
import { PlanInputsRepository } from '../store/plan-inputs.repository.js';
import type { Candidate } from '../store/plan-rows.js';
import { PlanRepository, type PlacedCandidate, type PlanScope } from '../store/plan.repository.js';
import { packShelf } from './choose-pack.js';
import { countedSince } from './counted-since.js';
import { decide, type DecisionRules } from './decide.js';
import { placement } from './place.js';
import { parametersSha256, PlanHash } from './plan-line.js';
import type { ExclusionReason, PlanInputs, PlanRecipient, PlanTemplate } from './plan-inputs.js';
import { ExclusionCount, type PlanSummary } from './plan-summary.js';

/** What was drawn up, and what it was made of. */
export interface DrawnPlan extends PlanSummary {
  readonly inputs: PlanInputs;
}

/**
 * Draws up the plan of a run from one snapshot, in four passes over batches: what each recipient gets; which number sends it;
 * when it is due; the hash over it all. Same snapshot and same instant, same plan, on every replica.
 */
@Injectable()
export class DrawUpPlan {
  constructor(
    private readonly plans: PlanRepository,
    private readonly inputs: PlanInputsRepository,
    @Inject(CONFIG) private readonly config: Pick<SchedulerConfig, 'SPREAD' | 'TEMPLATE_FAMILY' | 'NUDGE_FAMILY'>,
  ) {}

  /** @param nowMs a late start shrinks the spread; the window must not be over */
  async drawUp(tx: Sql, run: Run, nowMs: number): Promise<DrawnPlan> {
    const spread = spreadOver(run.window, parseSpread(this.config.SPREAD), nowMs);
    if (spread === undefined) throw new RangeError('the window is over: nothing can be planned into it');
    const scope = {
      runId: run.runId,
      tenantId: run.tenantId,
      runDate: run.runDate,
      countedSinceMs: countedSince(run),
      opensAtMs: run.window.opensAt,
    };
    const inputs = await this.inputs.load(tx, scope);
    const excluded = new ExclusionCount();

    await this.decideAll(tx, scope, inputs, run.window, excluded);
    const given = await this.placeAll(tx, scope, inputs, spread, excluded);
    await this.dateAll(tx, scope, given, spread, run.jitterSeed);
    const shards = [...given].filter(([, deliveries]) => deliveries > 0).map(([shardId, deliveries]) => ({ shardId, deliveries }));
    return { ...(await this.bind(tx, run.runId)), exclusions: excluded.all, shards, inputs };
  }

  /** What the plan would be now; leaves nothing behind. */
  async preview(tx: Sql, run: Run, nowMs: number): Promise<DrawnPlan> {
    await tx.execute('savepoint preview');
    const plan = await this.drawUp(tx, run, nowMs);
    await tx.execute('rollback to savepoint preview');
    return plan;
  }

  /** Who gets what. Of several recipients with one phone the one with the smallest id is taken. */
  private async decideAll(tx: Sql, scope: PlanScope, inputs: PlanInputs, window: SendWindow, count: ExclusionCount): Promise<void> {
    const familyOf = { direct: this.config.TEMPLATE_FAMILY, nudge: this.config.NUDGE_FAMILY };
    const { opensAt, firstAttemptsEndAt } = window;
    const rules: DecisionRules = { shelf: packShelf(inputs.packs), templates: inputs.templates, familyOf, opensAt, firstAttemptsEndAt };
    await this.plans.openScratch(tx);
    for await (const recipients of this.plans.recipients(tx, scope)) {
      const { candidates, excluded } = sortOut(recipients, rules, scope.runId);
      const added = await this.plans.addCandidates(tx, candidates);
      const duplicates = candidates.filter((c) => !added.has(c.recipientId)).map((c) => exclusion(c.recipientId, 'duplicate-address'));
      await this.plans.exclude(tx, scope, [...excluded, ...duplicates]);
      count.add([...excluded, ...duplicates]);
    }
  }

  /** Which number sends it, within throughput, daily caps and the portfolio's budget. Returns how many each shard was given. */
  private async placeAll(
    tx: Sql,
    scope: PlanScope,
    inputs: PlanInputs,
    spread: Spread,
    count: ExclusionCount,
  ): Promise<ReadonlyMap<string, number>> {
    const sendableOn = new Map(inputs.templates.map((template) => [templateKey(template), template.sendableOn]));
    const places = placement(inputs.shards, inputs.budgetsLeft, spread.endsAt - spread.startsAt);
    for await (const candidates of this.plans.candidatesByPriority(tx, scope)) {
      const placed: PlacedCandidate[] = [];
      const excluded: { recipientId: string; reason: ExclusionReason }[] = [];
      for (const candidate of candidates) {
        const place = places.place({ ...candidate, sendableOn: sendableOn.get(candidate.templateKey) ?? new Set() });
        if (typeof place === 'string') excluded.push(exclusion(candidate.recipientId, place));
        else placed.push({ recipientId: candidate.recipientId, deliveryId: candidate.deliveryId, shard: place });
      }
      await this.plans.place(tx, placed);
      await this.plans.exclude(tx, scope, excluded);
      count.add(excluded);
    }
    return places.given;
  }

  /** When each delivery is due, by its rank among those of its shard. */
  private async dateAll(tx: Sql, scope: PlanScope, given: ReadonlyMap<string, number>, spread: Spread, jitterSeed: string): Promise<void> {
    const ranks = new Map<string, number>();
    for await (const candidates of this.plans.placedByShard(tx)) {
      const due = candidates.map(({ recipientId, deliveryId, shardId, notBeforeMs }) => {
        const index = ranks.get(shardId) ?? 0;
        ranks.set(shardId, index + 1);
        const dueAtMs = dueInstantOf({ deliveryId, index, count: given.get(shardId) ?? 1 }, spread, jitterSeed);
        return { recipientId, dueAtMs: Math.max(dueAtMs, notBeforeMs ?? dueAtMs) };
      });
      await this.plans.date(tx, due);
    }
    await this.plans.store(tx, scope);
  }

  private async bind(tx: Sql, runId: string): Promise<Pick<PlanSummary, 'planHash' | 'planned' | 'fallback'>> {
    const hash = new PlanHash();
    let planned = 0;
    let fallback = 0;
    for await (const rows of this.plans.rows(tx, runId)) {
      hash.add(rows);
      planned += rows.length;
      fallback += rows.filter((row) => row.fallback).length;
    }
    return { planHash: hash.digest(), planned, fallback };
  }
}

/** How a candidate refers to its template. */
const templateKey = (template: PlanTemplate): string => `${template.family}/${template.language}/${template.templateVersion}`;

const exclusion = (recipientId: string, reason: ExclusionReason): { recipientId: string; reason: ExclusionReason } => ({
  recipientId,
  reason,
});

function sortOut(recipients: readonly PlanRecipient[], rules: DecisionRules, runId: string) {
  const candidates: Candidate[] = [];
  const excluded: { recipientId: string; reason: ExclusionReason }[] = [];
  for (const recipient of recipients) {
    const decision = decide(recipient, rules);
    if (decision.kind === 'excluded') {
      excluded.push(exclusion(recipient.recipientId, decision.reason));
      continue;
    }
    const deliveryId = deliveryIdOf(runId, recipient.recipientId);
    candidates.push({
      recipientId: recipient.recipientId,
      deliveryId,
      language: recipient.language,
      deliveryMode: recipient.deliveryMode,
      decision,
      fallback: decision.pack.audience === 'fallback',
      parametersSha256: parametersSha256(deliveryId, decision.parameters),
    });
  }
  return { candidates, excluded };
}
