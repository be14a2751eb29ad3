import { CONFIG } from '@daybreak/config';
import type { Sql } from '@daybreak/database';
import { Inject, Injectable } from '@nestjs/common';
import { DrawUpPlan } from '../plan/draw-up-plan.js';
import type { PlanInputs } from '../plan/plan-inputs.js';
import type { SchedulerConfig } from '../scheduler.config.js';
import { PlanInputsRepository } from '../store/plan-inputs.repository.js';
import { RunRepository } from '../store/run.repository.js';
import { countedSince } from '../plan/counted-since.js';
import { expectedChecks } from './expected-checks.js';
import { judgeReadiness, type PlanOutlook } from './judge-readiness.js';
import type { Readiness } from './readiness.js';
import type { Run } from './run.js';

/** Can this run go as planned? Before the freeze it is asked of the plan as it would be now. */
@Injectable()
export class ReadinessGate {
  constructor(
    private readonly runs: RunRepository,
    private readonly planInputs: PlanInputsRepository,
    private readonly drawUpPlan: DrawUpPlan,
    @Inject(CONFIG) private readonly config: Pick<SchedulerConfig, 'TEMPLATE_FAMILY'>,
  ) {}

  async judge(tx: Sql, run: Run, nowMs: number): Promise<Readiness> {
    const { outlook, inputs } = await this.lookAhead(tx, run, nowMs);
    const expected = expectedChecks(inputs, this.config.TEMPLATE_FAMILY);
    const facts = await this.runs.facts(tx, nowMs);
    return judgeReadiness({ run, outlook, facts, reports: await this.runs.reports(tx), expected }, nowMs);
  }

  private async lookAhead(tx: Sql, run: Run, nowMs: number): Promise<{ outlook: PlanOutlook; inputs: PlanInputs }> {
    if (run.planHash !== undefined)
      return {
        outlook: run,
        inputs: await this.planInputs.load(tx, { ...run, countedSinceMs: countedSince(run), opensAtMs: run.window.opensAt }),
      };
    const plan = await this.drawUpPlan.preview(tx, run, nowMs);
    return { outlook: plan, inputs: plan.inputs };
  }
}
