import { Injectable } from '@nestjs/common';
import { OptOutRepository, type OptOut } from '../store/opt-out.repository.js';
import { RunRepository } from '../store/run.repository.js';
import { ShardRepository } from '../store/shard.repository.js';
import { WithdrawnPackRepository, type WithdrawnPack } from '../store/withdrawn-pack.repository.js';
import type { Run } from './run.js';
import type { ShardReport, ShardStanding } from './shard.js';

/** Which plan a delivery says that it is of. */
export interface PlanOf {
  readonly runId: string;
  readonly planHash: string;
}

/** Keeps what others say of runs, shards, opt-outs and recalls. */
@Injectable()
export class FollowRuns {
  constructor(
    private readonly runs: RunRepository,
    private readonly shards: ShardRepository,
    private readonly optOuts: OptOutRepository,
    private readonly withdrawn: WithdrawnPackRepository,
  ) {}

  /** Says of a delivery whether its plan is another than the one its run is bound to. What comes before the run is known is taken at its word. */
  async otherPlans(plans: readonly PlanOf[]): Promise<(plan: PlanOf) => boolean> {
    const bound = await this.runs.planHashes([...new Set(plans.map(({ runId }) => runId))]);
    return ({ runId, planHash }) => (bound.get(runId) ?? planHash) !== planHash;
  }

  async runsChanged(runs: readonly Run[]): Promise<void> {
    for (const run of runs) await this.runs.upsert(run); // a handful a day
  }

  async shardsReported(reports: readonly ShardReport[]): Promise<void> {
    await this.shards.upsertReports(newestOfEach(reports, (r) => r.reportedAt));
  }

  async shardsJudged(states: readonly ShardStanding[]): Promise<void> {
    await this.shards.upsertStates(newestOfEach(states, (s) => s.version));
  }

  async optedOut(optOuts: readonly OptOut[]): Promise<void> {
    await this.optOuts.add(optOuts);
  }

  async recalled(packs: readonly WithdrawnPack[]): Promise<void> {
    await this.withdrawn.add(packs);
  }

  async erased(recipientIds: readonly string[]): Promise<void> {
    await this.optOuts.forget(recipientIds);
  }
}

/** One statement may not touch a row twice. */
function newestOfEach<T extends { readonly shardId: string }>(items: readonly T[], age: (item: T) => number): T[] {
  return [...new Map(items.toSorted((a, b) => age(a) - age(b)).map((item) => [item.shardId, item])).values()];
}
