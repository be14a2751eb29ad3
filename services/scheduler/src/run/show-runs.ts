import { metrics } from '@daybreak/observability';
import { PROVISIONAL_PLAN_LEAD_MS } from '@daybreak/timing';
import { RUN_STATES, type Run } from './run.js';

const VERDICT = { GO: 1, GO_DEGRADED: 0.5, NO_GO: 0 } as const;

/** Puts what the rows say onto the gauges. A run is the current one from its first gate until the next run's. */
export function showRuns(runs: readonly Run[], nowMs: number): void {
  metrics.runState.reset();
  metrics.runWindowElapsed.reset();
  for (const run of runs) {
    for (const state of RUN_STATES) metrics.runState.set({ run_id: run.runId, state }, run.state === state ? 1 : 0);
  }
  const current = runs.findLast((run) => nowMs >= run.window.opensAt - PROVISIONAL_PLAN_LEAD_MS);
  if (current === undefined) return;
  metrics.runWindowElapsed.set({ run_id: current.runId }, (nowMs - current.window.opensAt) / 1_000);
  metrics.readinessChecks.set({ check: 'run' }, current.readiness === undefined ? -1 : VERDICT[current.readiness.verdict]);
}
