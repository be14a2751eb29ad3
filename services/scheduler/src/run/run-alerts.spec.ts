import { describe, expect, it } from '@jest/globals';
import { aRun } from '../../test/plan.factory.js';
import { alertsFor } from './run-alerts.js';

const readiness = (verdict: 'GO' | 'GO_DEGRADED' | 'NO_GO') => ({ verdict, reasons: ['token/waba-1: failed: expired'], judgedAtMs: 0 });

describe(alertsFor.name, () => {
  it('pages when a window passed without a plan', () => {
    expect(alertsFor(aRun(), 'miss', aRun({ state: 'CLOSED' }))).toMatchObject([{ name: 'DaybreakRunWithoutPlan', severity: 'page' }]);
  });

  it('pages when the window opens on a run that is not staged', () => {
    const frozen = aRun({ state: 'FROZEN' });
    expect(alertsFor(frozen, 'open', aRun({ state: 'RUNNING' }))).toMatchObject([{ name: 'DaybreakRunNotStaged', severity: 'page' }]);
    expect(alertsFor(aRun({ state: 'STAGED' }), 'open', aRun({ state: 'RUNNING' }))).toEqual([]);
  });

  it.each([
    ['NO_GO', ['page']],
    ['GO_DEGRADED', ['warning']],
    ['GO', []],
  ] as const)('takes %s as %j', (verdict, severities) => {
    expect(alertsFor(aRun(), undefined, aRun({ readiness: readiness(verdict) })).map((alert) => alert.severity)).toEqual(severities);
  });

  it('does not repeat what the gate said before', () => {
    const before = aRun({ readiness: readiness('NO_GO') });
    const again = { ...readiness('NO_GO'), judgedAtMs: 1 };
    expect(alertsFor(before, 'stage', { ...before, state: 'STAGED', readiness: again })).toEqual([]);
  });
});
