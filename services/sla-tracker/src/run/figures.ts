import { FAULT_ATTRIBUTION, type Fault } from '@daybreak/cloud-api';
import {
  attributeMiss,
  MISS_CAUSES,
  onTimeRatios,
  verdictOf,
  type DeliveryFacts,
  type Miss,
  type MissCause,
  type OnTimeRatios,
  type Verdict,
} from '@daybreak/delivery';
import type { Run } from './run.js';
import type { TallyGroup } from './tally.js';

const USER_CAP = 'user-cap' satisfies Fault;

/** Everything that can be said of a run without looking at single POSTs. Counts of deliveries unless said otherwise. */
export interface Figures extends OnTimeRatios {
  readonly eligible: number;
  readonly planned: number;
  /** `planned = accepted + failed + suppressed + expired + unresolved`, always. */
  readonly accepted: number;
  readonly failed: number;
  readonly suppressed: number;
  readonly expired: number;
  readonly unresolved: number;
  /** Up the ladder: whoever read it is also counted as delivered and sent. */
  readonly sent: number;
  readonly delivered: number;
  readonly read: number;
  /** Accepted and kept back by Meta now. */
  readonly held: number;
  /** Accepted, and Meta gave the message up afterwards. */
  readonly failedAfterAcceptance: number;
  readonly late: number;
  readonly fallback: number;
  readonly verdict: Verdict;
  /** POSTs. */
  readonly attempts: number;
  readonly rateLimited: number;
  readonly duplicates: number;
  readonly lost: number;
  readonly failuresByCode: Readonly<Record<string, number>>;
  readonly missesByCause: Readonly<Record<MissCause, number>>;
  /** `<cause>/<detail>`. */
  readonly missesByDetail: Readonly<Record<string, number>>;
}

/** Folds the groups into figures. Before the deadline, what is not on time yet is no miss. */
export function figuresOf(run: Run, groups: readonly TallyGroup[], nowMs: number): Figures {
  const count = (matches: (group: TallyGroup) => boolean): number => sum(groups, (g) => (matches(g) ? g.deliveries : 0));
  const accepted = count((g) => g.outcome === 'accepted');
  const failed = count((g) => g.outcome === 'failed');
  const suppressed = count((g) => g.outcome === 'suppressed');
  const expired = count((g) => g.outcome === 'expired');
  const seen = count(() => true);
  // The plan's own count leads: a delivery of which no event came is unresolved, not absent.
  const planned = Math.max(run.planned, seen);
  const ratios = onTimeRatios({
    denominator: Math.max(run.eligible, planned) - count((g) => g.excluded),
    onTime: {
      accepted: count((g) => !g.excluded && g.outcome === 'accepted' && g.startedInWindow),
      sent: count((g) => !g.excluded && g.sentOnTime),
      delivered: count((g) => !g.excluded && g.deliveredOnTime),
    },
  });
  const judged = nowMs >= run.window.deadlineAt;
  const misses = judged ? missesOf(run, groups, { unseen: planned - seen, capped: Math.max(0, run.eligible - planned) }) : [];
  return {
    ...ratios,
    eligible: run.eligible,
    planned,
    accepted,
    failed,
    suppressed,
    expired,
    unresolved: planned - accepted - failed - suppressed - expired,
    sent: count((g) => g.sent),
    delivered: count((g) => g.delivered),
    read: count((g) => g.read),
    held: count((g) => g.status === 'held'),
    failedAfterAcceptance: count((g) => g.outcome === 'accepted' && g.status === 'failed'),
    late: count((g) => g.startedLate),
    fallback: run.fallback,
    verdict: verdictOf(ratios, run.slaStage, run.objective),
    attempts: sum(groups, (g) => g.posts),
    rateLimited: sum(groups, (g) => g.rateLimited),
    duplicates: sum(groups, (g) => g.duplicates),
    lost: judged ? planned - seen + count((g) => g.outcome === 'unresolved' && !g.posted) : 0,
    failuresByCode: failuresByCode(groups),
    missesByCause: Object.fromEntries(
      MISS_CAUSES.map((cause) => [cause, sum(misses, (m) => (m.miss.cause === cause ? m.deliveries : 0))]),
    ) as Record<MissCause, number>,
    missesByDetail: added(misses.map((m) => [`${m.miss.cause}/${m.miss.detail}`, m.deliveries])),
  };
}

interface Misses {
  readonly miss: Miss;
  readonly deliveries: number;
}

/** @param absent of whom no event came: deliveries that were planned, and whom an earlier answer of Meta kept out of the plan */
function missesOf(run: Run, groups: readonly TallyGroup[], absent: { readonly unseen: number; readonly capped: number }): Misses[] {
  const { unseen, capped } = absent;
  const misses = groups.flatMap((group): Misses[] => {
    const miss = attributeMiss(factsOf(run, group), { slaStage: run.slaStage, ...run.window });
    return miss ? [{ miss, deliveries: group.deliveries }] : [];
  });
  return [
    ...misses,
    ...(capped > 0 ? [{ miss: { cause: FAULT_ATTRIBUTION[USER_CAP], detail: USER_CAP }, deliveries: capped }] : []),
    ...(unseen > 0 ? [{ miss: { cause: 'ours', detail: 'not-sent' } as const, deliveries: unseen }] : []),
  ];
}

/** A delivery that stands for its group: the instants are any that give the same answers. */
function factsOf({ window }: Run, g: TallyGroup): DeliveryFacts {
  const stamp = (reached: boolean, onTime: boolean): number | undefined =>
    reached ? (onTime ? window.opensAt : window.deadlineAt) : undefined;
  return {
    state: g.state,
    status: g.status,
    excluded: g.excluded,
    reason: g.excluded && g.withdrawn ? 'withdrawn-pack' : g.reason,
    blame: g.blame,
    acceptedStartedAtMs: g.startedLate ? window.closesAt : g.startedInWindow ? window.opensAt : undefined,
    sentAtMs: stamp(g.sent, g.sentOnTime),
    deliveredAtMs: stamp(g.delivered, g.deliveredOnTime),
  };
}

/** Meta's codes of what ended in a failure, before or after it was accepted; `0` where Meta gave none. */
function failuresByCode(groups: readonly TallyGroup[]): Record<string, number> {
  const failures = groups.filter((g) => g.outcome === 'failed' || (g.outcome === 'accepted' && g.status === 'failed'));
  return added(failures.map((g) => [String(g.errorCode ?? 0), g.deliveries]));
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number => items.reduce((total, item) => total + of(item), 0);

function added(entries: readonly (readonly [string, number])[]): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const [key, count] of entries) totals[key] = (totals[key] ?? 0) + count;
  return totals;
}
