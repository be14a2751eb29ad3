/** Meta's stamps have whole seconds: 06:04:59 may be 06:04:59.999. */
const STAMP_GRAIN_MS = 1_000;

/** Is this stamp of Meta's before the deadline? Epoch ms. */
export const isOnTime = (stampMs: number, deadlineMs: number): boolean =>
  Math.floor(stampMs / STAMP_GRAIN_MS) * STAMP_GRAIN_MS < deadlineMs;

/** The three rungs that have a ratio. */
export type OnTimeStage = 'accepted' | 'sent' | 'delivered';
/** The stage that the contract is judged on. */
export type SlaStage = 'sent' | 'delivered';

/** How many of a run were on time, by stage. */
export interface OnTimeCounts {
  /** Eligible at the freeze, less those whose opt-out or withdrawal came before their POST. */
  readonly denominator: number;
  /** Of those in the denominator. */
  readonly onTime: Readonly<Record<OnTimeStage, number>>;
}

/** A ratio is 0-1, or null where nobody was eligible. */
export interface OnTimeRatios {
  readonly denominator: number;
  readonly onTime: Readonly<Record<OnTimeStage, number>>;
  readonly ratio: Readonly<Record<OnTimeStage, number | null>>;
}

/** The three ratios, always together with their counts. */
export function onTimeRatios({ denominator, onTime }: OnTimeCounts): OnTimeRatios {
  const ratioOf = (count: number): number | null => (denominator > 0 ? count / denominator : null);
  return {
    denominator,
    onTime,
    ratio: { accepted: ratioOf(onTime.accepted), sent: ratioOf(onTime.sent), delivered: ratioOf(onTime.delivered) },
  };
}

/** NO_DATA where nobody was eligible. */
export type Verdict = 'PASS' | 'FAIL' | 'NO_DATA';

/** The contract's word on a run. `objective` is a share, 0-1. */
export function verdictOf(ratios: OnTimeRatios, slaStage: SlaStage, objective: number): Verdict {
  const ratio = ratios.ratio[slaStage];
  if (ratio === null) return 'NO_DATA';
  return ratio >= objective ? 'PASS' : 'FAIL';
}

/** Why the sender withholds a delivery, where the reason takes it out of the denominator unless a POST came first. */
const LEAVING_REASONS = ['consent', 'withdrawn-pack', 'erased'] as const;

/** Is this the reason of a suppression that takes a delivery out of the denominator? */
export const isLeavingReason = (reason: string | undefined): boolean => LEAVING_REASONS.some((leaving) => leaving === reason);

/**
 * Does this delivery stay in the denominator? Only an opt-out or a withdrawal that came before its first POST (or for which
 * no POST was ever made) takes it out; nothing that Meta answers ever does.
 */
export function staysInDenominator(facts: {
  readonly firstPostAtMs?: number | undefined;
  readonly optedOutAtMs?: number | undefined;
  /** When its pack was recalled. */
  readonly withdrawnAtMs?: number | undefined;
  /** When the sender withheld it for a reason that `isLeavingReason`. */
  readonly withheldAtMs?: number | undefined;
}): boolean {
  const left = [facts.optedOutAtMs, facts.withdrawnAtMs, facts.withheldAtMs].filter((at) => at !== undefined);
  return left.every((at) => facts.firstPostAtMs !== undefined && facts.firstPostAtMs <= at);
}

/** How many deliveries of a run ended where. */
export interface Outcomes {
  readonly accepted: number;
  readonly failed: number;
  readonly suppressed: number;
  readonly expired: number;
  readonly unresolved: number;
}

/** The identity that every report must satisfy. */
export const addsUp = (planned: number, o: Outcomes): boolean =>
  planned === o.accepted + o.failed + o.suppressed + o.expired + o.unresolved;
