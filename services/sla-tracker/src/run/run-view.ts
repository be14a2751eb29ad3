import type { MissCause, OnTimeStage, SlaStage, Verdict } from '@daybreak/delivery';
import type { WindowInstants } from '@daybreak/timing';
import type { Figures } from './figures.js';
import type { Projection } from './projection.js';
import type { Exclusion, Run, RunReadiness, RunStateName } from './run.js';
import type { Seal, SealKind } from './seal.js';
import type { ShardReport, ShardStanding } from './shard.js';
import type { TallyGroup } from './tally.js';

export interface ShardView {
  readonly shardId: string;
  readonly phoneNumberId: string;
  readonly displaySuffix: string;
  readonly role: string;
  readonly mode: string;
  readonly qualityRating: string;
  /** Pod that holds it; empty when nobody does. */
  readonly owner: string;
  readonly planned: number;
  readonly accepted: number;
  readonly waiting: number;
  readonly inFlight: number;
  readonly ambiguous: number;
  /** Messages per second of the run's clock. */
  readonly actualRate: number;
  readonly allowedRate: number;
  readonly breakers: readonly string[];
  readonly paused: boolean;
}

export interface Failure {
  /** Meta's code; 0 where Meta gave none. */
  readonly code: number;
  readonly reason: string;
  readonly deliveries: number;
}

/** A run for people who watch it. Instants are epoch ms of the run's clock. */
export interface RunView {
  readonly runId: string;
  readonly runDate: string;
  readonly state: RunStateName;
  readonly nowMs: number;
  /** Clock seconds per real second. */
  readonly speed: number;
  readonly timeZone: string;
  readonly window: WindowInstants;
  readonly objective: number;
  readonly slaStage: SlaStage;
  readonly eligible: number;
  readonly planned: number;
  readonly fallback: number;
  readonly accepted: number;
  readonly sent: number;
  readonly delivered: number;
  readonly read: number;
  readonly failed: number;
  readonly failedAfterAcceptance: number;
  readonly held: number;
  readonly suppressed: number;
  readonly expired: number;
  readonly unresolved: number;
  readonly late: number;
  readonly attempts: number;
  readonly rateLimited: number;
  readonly duplicates: number;
  readonly lost: number;
  readonly denominator: number;
  readonly onTime: Readonly<Record<OnTimeStage, number>>;
  readonly ratio: Readonly<Record<OnTimeStage, number | null>>;
  readonly projected: Projection;
  /** Undecided until the deadline has passed. */
  readonly verdict: Verdict | 'UNDECIDED';
  readonly missesByCause: Readonly<Record<MissCause, number>>;
  readonly missesByDetail: Readonly<Record<string, number>>;
  /** Most frequent first. */
  readonly failures: readonly Failure[];
  /** Who is not in the plan, and why. */
  readonly exclusions: readonly Exclusion[];
  readonly perShard: readonly ShardView[];
  readonly readiness: RunReadiness | null;
  readonly seals: Readonly<Record<SealKind, { readonly sealedAtMs: number; readonly verdict: Verdict } | null>>;
}

export interface ViewInputs {
  readonly run: Run;
  readonly figures: Figures;
  readonly groups: readonly TallyGroup[];
  readonly projection: Projection;
  /** Of this run. */
  readonly reports: readonly ShardReport[];
  readonly states: readonly ShardStanding[];
  readonly seals: readonly Seal[];
  readonly nowMs: number;
  readonly speed: number;
}

export function runViewOf({ run, figures, groups, projection, reports, states, seals, nowMs, speed }: ViewInputs): RunView {
  const sealed = (kind: SealKind): RunView['seals'][SealKind] => {
    const seal = seals.find((s) => s.kind === kind);
    return seal ? { sealedAtMs: seal.sealedAtMs, verdict: seal.report.verdict } : null;
  };
  const { failuresByCode: _byCode, verdict, ...counts } = figures;
  return {
    ...counts,
    runId: run.runId,
    runDate: run.runDate,
    state: run.state,
    nowMs: Math.floor(nowMs),
    speed,
    timeZone: run.timeZone,
    window: run.window,
    objective: run.objective,
    slaStage: run.slaStage,
    projected: projection,
    verdict: nowMs < run.window.deadlineAt ? 'UNDECIDED' : verdict,
    failures: failuresOf(groups),
    exclusions: run.exclusions,
    perShard: shardsOf(groups, reports, states),
    readiness: run.readiness ?? null,
    seals: { live: sealed('live'), final: sealed('final') },
  };
}

function failuresOf(groups: readonly TallyGroup[]): Failure[] {
  const failures = new Map<string, Failure>();
  for (const g of groups) {
    if (g.outcome !== 'failed' && !(g.outcome === 'accepted' && g.status === 'failed')) continue;
    const code = g.errorCode ?? 0;
    const reason = g.reason ?? 'unknown';
    const known = failures.get(`${code} ${reason}`);
    failures.set(`${code} ${reason}`, { code, reason, deliveries: (known?.deliveries ?? 0) + g.deliveries });
  }
  return [...failures.values()].sort((a, b) => b.deliveries - a.deliveries || a.code - b.code);
}

/** Every shard that anybody knows of: a spare that does nothing is shown as well. */
function shardsOf(groups: readonly TallyGroup[], reports: readonly ShardReport[], states: readonly ShardStanding[]): ShardView[] {
  const shardIds = new Set([...states.map((s) => s.shardId), ...reports.map((r) => r.shardId), ...groups.flatMap((g) => g.shardId ?? [])]);
  return [...shardIds].sort().map((shardId) => {
    const ofShard = groups.filter((g) => g.shardId === shardId);
    const report = reports.find((r) => r.shardId === shardId);
    const state = states.find((s) => s.shardId === shardId);
    const count = (matches: (g: TallyGroup) => boolean): number => ofShard.reduce((sum, g) => sum + (matches(g) ? g.deliveries : 0), 0);
    return {
      shardId,
      phoneNumberId: state?.phoneNumberId ?? report?.phoneNumberId ?? '',
      displaySuffix: state?.displaySuffix ?? '',
      role: state?.role ?? '',
      mode: state?.mode ?? '',
      qualityRating: state?.qualityRating ?? '',
      owner: report?.owner ?? '',
      planned: count(() => true),
      accepted: count((g) => g.outcome === 'accepted'),
      waiting: report?.waiting ?? 0,
      inFlight: report?.inFlight ?? 0,
      ambiguous: report?.ambiguous ?? 0,
      actualRate: report?.actualRate ?? 0,
      allowedRate: report?.allowedRate ?? state?.allowedRate ?? 0,
      breakers: report?.breakers ?? [],
      paused: report?.paused ?? false,
    };
  });
}
