import type { Exclusion, ShardShare } from '../plan/plan-summary.js';
import type { FactState, Readiness, ReadinessFact } from './readiness.js';
import { stagedBy } from './next-step.js';
import type { Run, ShardReport } from './run.js';

/** What the plan is, or, before the freeze, would be now. */
export interface PlanOutlook {
  readonly planned: number;
  readonly exclusions: readonly Exclusion[];
  readonly shards: readonly ShardShare[];
}

export interface ReadinessInputs {
  readonly run: Run;
  readonly outlook: PlanOutlook;
  readonly facts: readonly ReadinessFact[];
  readonly reports: readonly ShardReport[];
  /** Check ids somebody must have said something about: silence is unknown. */
  readonly expected: readonly string[];
}

/** Worst first: the order in which an operator should read the reasons. */
const SEVERITY: Readonly<Record<FactState, number>> = { failed: 0, unknown: 1, degraded: 2, ok: 3 };

/**
 * GO when every check is ok, NO-GO when one failed that the run depends on. Anything else, the unknown included, is a degraded GO.
 */
export function judgeReadiness(inputs: ReadinessInputs, nowMs: number): Readiness {
  const checks = [...ownChecks(inputs, nowMs), ...inputs.facts.map((fact) => weighed(fact, inputs.expected)), ...silent(inputs)];
  const wrong = checks
    .filter((check) => check.state !== 'ok')
    .sort((a, b) => SEVERITY[a.state] - SEVERITY[b.state] || (a.checkId < b.checkId ? -1 : 1));
  const verdict = wrong.some((check) => check.state === 'failed') ? 'NO_GO' : wrong.length > 0 ? 'GO_DEGRADED' : 'GO';
  return { verdict, reasons: wrong.map((check) => `${check.checkId}: ${check.state}: ${check.detail}`), judgedAtMs: nowMs };
}

/** What failed outside this run, such as a number that takes no share of it, does not stop it. */
const weighed = (fact: ReadinessFact, expected: readonly string[]): ReadinessFact =>
  fact.state === 'failed' && !expected.includes(fact.checkId) ? { ...fact, state: 'degraded' } : fact;

const silent = ({ facts, expected }: ReadinessInputs): ReadinessFact[] =>
  expected
    .filter((checkId) => !facts.some((fact) => fact.checkId === checkId))
    .map((checkId) => ({ checkId, state: 'unknown', detail: 'nobody has reported it' }));

/** Exclusions that are a shortage of ours and not a property of the recipient. */
const SHORTAGES = {
  'no-template': 'have no active template',
  'no-pack': 'have neither a pack nor a fallback',
  'portfolio-limit': 'do not fit the portfolio’s messaging limit',
  'no-capacity': 'do not fit the numbers’ throughput and caps',
  'missing-parameter': 'lack a value that their template needs',
} as const;

function ownChecks({ run, outlook, reports }: ReadinessInputs, nowMs: number): ReadinessFact[] {
  const shortages = Object.entries(SHORTAGES).flatMap(([reason, words]): ReadinessFact[] => {
    const recipients = outlook.exclusions.find((exclusion) => exclusion.reason === reason)?.recipients ?? 0;
    return recipients === 0 ? [] : [{ checkId: `capacity/${reason}`, state: 'degraded', detail: `${recipients} recipients ${words}` }];
  });
  const empty: ReadinessFact = { checkId: 'capacity/plan', state: 'failed', detail: 'nobody is planned' };
  const frozen = run.planHash !== undefined;
  return [
    ...shortages,
    ...(outlook.planned === 0 ? [empty] : []),
    ...(frozen ? outlook.shards.flatMap((share) => shardChecks(share, run, reports, nowMs)) : []),
  ];
}

function shardChecks(share: ShardShare, run: Run, reports: readonly ShardReport[], nowMs: number): ReadinessFact[] {
  const report = reports.find((r) => r.shardId === share.shardId && r.runId === run.runId);
  const check = (name: string, state: FactState, detail: string): ReadinessFact => ({ checkId: `${name}/${share.shardId}`, state, detail });
  const late = nowMs >= run.window.stagedBy; // staging is judged by its own deadline
  if (report === undefined) return late ? [check('staged', 'unknown', `no report of the ${share.deliveries} deliveries it was given`)] : [];
  const staged = stagedBy(share.shardId, run, reports);
  const { mediaReady, mediaNeeded } = report;
  return [
    check('staged', late && staged < share.deliveries ? 'failed' : 'ok', `${staged} of ${share.deliveries} deliveries staged`),
    check('media', late && mediaReady < mediaNeeded ? 'degraded' : 'ok', `${mediaReady} of ${mediaNeeded} images uploaded`),
    check('statistics', late && !report.statisticsFresh ? 'degraded' : 'ok', 'table statistics are older than the staged rows'),
    check('paused', report.paused ? 'failed' : 'ok', 'the shard is paused'),
    ...report.breakers.map((breaker) => check('breaker', 'degraded', breaker)),
  ];
}
