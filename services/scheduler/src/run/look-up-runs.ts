import { CLOCK } from '@daybreak/config';
import { Database } from '@daybreak/database';
import type { Clock } from '@daybreak/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { DrawUpPlan } from '../plan/draw-up-plan.js';
import { planLine, type PlannedRow } from '../plan/plan-line.js';
import type { PlanSummary } from '../plan/plan-summary.js';
import { PlanRepository } from '../store/plan.repository.js';
import { RunRepository } from '../store/run.repository.js';
import type { Run } from './run.js';

/** Why one recipient gets what they get. */
export type Explanation = { readonly planned: PlannedRow } | { readonly excluded: string };

const LISTED = 30;

/** Answers questions of people about runs. Changes nothing. */
@Injectable()
export class LookUpRuns {
  constructor(
    private readonly database: Database,
    private readonly runs: RunRepository,
    private readonly plans: PlanRepository,
    private readonly drawUpPlan: DrawUpPlan,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  latest(): Promise<Run[]> {
    return this.runs.list(LISTED);
  }

  find(runId: string): Promise<Run | undefined> {
    return this.runs.find(runId);
  }

  /** The frozen plan, a line per delivery in the order of recipient ids: `sha256sum` of it all is the plan's hash. */
  async *planLines(runId: string): AsyncGenerator<string> {
    for await (const rows of this.plans.rows(this.database, runId)) yield rows.map(planLine).join('');
  }

  /** What an open run's plan would be now; undefined once its window is over, or when it was frozen in the meantime. */
  async preview(run: Run): Promise<PlanSummary | undefined> {
    const nowMs = this.clock.nowMs();
    if (nowMs >= run.window.closesAt) return undefined;
    try {
      return await this.database.transaction(async (tx) => {
        await tx.execute('set transaction isolation level repeatable read');
        const { inputs: _, ...summary } = await this.drawUpPlan.preview(tx, run, nowMs);
        return summary;
      });
    } catch (error) {
      // A preview draws on the same tables as the freeze; where both met, the freeze won.
      if ((await this.find(run.runId))?.planHash !== undefined) return undefined;
      throw error;
    }
  }

  /** Undefined when the plan does not know the recipient. */
  async explain(runId: string, recipientId: string): Promise<Explanation | undefined> {
    return this.plans.explain(runId, recipientId);
  }
}
