import { CLOCK } from '@daybreak/config';
import { Database, type Sql } from '@daybreak/database';
import type { Clock } from '@daybreak/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { RunPublisher } from '../outbound/run.publisher.js';
import { FreezePlan } from '../plan/freeze-plan.js';
import { RunRepository } from '../store/run.repository.js';
import { gateIsDue, gatesReached, nextStep, type Step } from './next-step.js';
import { ReadinessGate } from './readiness-gate.js';
import { alertsFor } from './run-alerts.js';
import type { Run, RunStateName } from './run.js';

const STATE_AFTER: Readonly<Record<Step, RunStateName>> = {
  freeze: 'FROZEN',
  miss: 'CLOSED',
  stage: 'STAGED',
  open: 'RUNNING',
  close: 'CLOSED',
};

/** SQLSTATE: another replica changed the row after our snapshot was taken. */
const SERIALIZATION_FAILURE = '40001';

/** Takes a run one step further, in one transaction that holds the run's row. */
@Injectable()
export class AdvanceRun {
  constructor(
    private readonly database: Database,
    private readonly runs: RunRepository,
    private readonly freezePlan: FreezePlan,
    private readonly gate: ReadinessGate,
    private readonly publisher: RunPublisher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The run after this step (none: its readiness is judged); undefined when another replica took it, or is at it. */
  async advance(runId: string, step: Step | undefined): Promise<Run | undefined> {
    try {
      return await this.database.transaction(async (tx) => {
        // One snapshot for all passes of a plan: events that arrive meanwhile are for the next one.
        await tx.execute('set transaction isolation level repeatable read');
        const run = await this.runs.lock(tx, runId);
        return run === undefined ? undefined : this.takeStep(tx, run, step);
      });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === SERIALIZATION_FAILURE) return undefined;
      throw error;
    }
  }

  private async takeStep(tx: Sql, before: Run, step: Step | undefined): Promise<Run | undefined> {
    const nowMs = this.clock.nowMs();
    if (nextStep(before, nowMs, await this.runs.reports(tx)) !== step) return undefined;
    if (step === undefined && !gateIsDue(before, nowMs)) return undefined;

    const planned = step === 'freeze' ? await this.freezePlan.freeze(tx, before, nowMs) : before;
    const state = step === undefined ? before.state : STATE_AFTER[step];
    const moved: Run = { ...planned, state, version: before.version + 1, changedAtMs: nowMs };
    const after = state === 'CLOSED' ? moved : await this.judged(tx, moved, nowMs);
    await this.runs.save(tx, after);
    await this.publisher.changed(tx, [after]);
    await this.publisher.alert(tx, after, alertsFor(before, step, after));
    return after;
  }

  /** Whenever a run changes, so does what can be said of its readiness. */
  private async judged(tx: Sql, run: Run, nowMs: number): Promise<Run> {
    return { ...run, gatesPassed: gatesReached(run, nowMs), readiness: await this.gate.judge(tx, run, nowMs) };
  }
}
