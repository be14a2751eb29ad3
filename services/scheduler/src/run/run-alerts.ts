import type { Step } from './next-step.js';
import type { Run } from './run.js';

/** Something about a run that a person must look at. */
export interface RunAlert {
  readonly name: 'DaybreakRunNotReady' | 'DaybreakRunNotStaged' | 'DaybreakRunWithoutPlan';
  readonly severity: 'page' | 'warning';
  readonly summary: string;
}

/** What a run's newest change is worth waking somebody for. */
export function alertsFor(before: Run, step: Step | undefined, after: Run): RunAlert[] {
  const alerts: RunAlert[] = [];
  const verdict = after.readiness?.verdict;
  if (step === 'miss') {
    alerts.push({ name: 'DaybreakRunWithoutPlan', severity: 'page', summary: `${after.runId}: the window passed and no plan was frozen` });
  }
  if (step === 'open' && before.state === 'FROZEN') {
    alerts.push({
      name: 'DaybreakRunNotStaged',
      severity: 'page',
      summary: `${after.runId}: the window opened before every shard held its deliveries`,
    });
  }
  if (verdict !== undefined && verdict !== 'GO' && wordsOf(after) !== wordsOf(before)) {
    const summary = `${after.runId}: ${wordsOf(after)}`;
    alerts.push({ name: 'DaybreakRunNotReady', severity: verdict === 'NO_GO' ? 'page' : 'warning', summary });
  }
  return alerts;
}

/** What the gate said, without when. */
const wordsOf = ({ readiness }: Run): string => `${readiness?.verdict}: ${readiness?.reasons.join('; ')}`;
