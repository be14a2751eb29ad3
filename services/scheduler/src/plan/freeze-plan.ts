import type { Sql } from '@daybreak/database';
import { metrics } from '@daybreak/observability';
import { Injectable } from '@nestjs/common';
import { RunPublisher } from '../outbound/run.publisher.js';
import type { Run } from '../run/run.js';
import { PlanRepository } from '../store/plan.repository.js';
import { DrawUpPlan } from './draw-up-plan.js';

const EVENTS_PER_BATCH = 1_000; // half a kilobyte each

/** Binds a run's plan by its hash and hands it out. All of it is committed with the run's new state, or none of it. */
@Injectable()
export class FreezePlan {
  constructor(
    private readonly drawUpPlan: DrawUpPlan,
    private readonly plans: PlanRepository,
    private readonly publisher: RunPublisher,
  ) {}

  /** The run with its plan. @param nowMs before the window closes */
  async freeze(tx: Sql, run: Run, nowMs: number): Promise<Run> {
    const done = metrics.planDuration.startTimer();
    const { inputs, ...plan } = await this.drawUpPlan.drawUp(tx, run, nowMs);
    const frozen: Run = { ...run, ...plan };
    await this.plans.analyze(tx);
    await this.publisher.planned(tx, frozen, inputs, this.plans.deliveries(tx, run.runId, EVENTS_PER_BATCH));
    done();
    for (const { shardId, deliveries } of plan.shards) metrics.plannedDeliveries.inc({ shard_id: shardId }, deliveries);
    for (const { reason, recipients } of plan.exclusions) metrics.notPlanned.inc({ reason }, recipients);
    return frozen;
  }
}
