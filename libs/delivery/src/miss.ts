import type { DeliveryState } from './delivery-state.js';
import { hasReached, type AttemptStatus } from './delivery-status.js';
import { isLeavingReason, isOnTime, type SlaStage } from './on-time.js';

/** Who a miss is put down to. `not_eligible` is not in the denominator. */
export const MISS_CAUSES = ['ours', 'platform', 'recipient', 'not_eligible'] as const;
export type MissCause = (typeof MISS_CAUSES)[number];

/** Why a delivery was not on time. */
export interface Miss {
  readonly cause: MissCause;
  /** A short, bounded word for the reports: the fault, the reason of the suppression, or what came too late. */
  readonly detail: string;
}

/** What is known of one delivery when it is judged. Instants are epoch ms, Meta's stamps where they are Meta's. */
export interface DeliveryFacts {
  readonly state: DeliveryState;
  /** Of the best attempt. */
  readonly status?: AttemptStatus | undefined;
  /** Left the denominator: its opt-out or withdrawal came before its POST. */
  readonly excluded?: boolean | undefined;
  /** Why it settled as failed, suppressed or expired; for a failed status, the fault behind Meta's code. */
  readonly reason?: string | undefined;
  /** Whom that fault is put down to; absent where there was none, or none that is known. */
  readonly blame?: Exclude<MissCause, 'not_eligible'> | undefined;
  /** Start of the POST that was accepted. */
  readonly acceptedStartedAtMs?: number | undefined;
  readonly sentAtMs?: number | undefined;
  readonly deliveredAtMs?: number | undefined;
}

/** What a delivery is judged by. */
export interface Judgement {
  readonly slaStage: SlaStage;
  readonly closesAt: number;
  readonly deadlineAt: number;
}

/** Why this delivery missed the stage that counts, or undefined when it did not. */
export function attributeMiss(facts: DeliveryFacts, { slaStage, closesAt, deadlineAt }: Judgement): Miss | undefined {
  if (facts.excluded) return { cause: 'not_eligible', detail: isLeavingReason(facts.reason) ? (facts.reason ?? '') : 'opted-out' };
  const inTime = (stampMs: number | undefined): boolean => stampMs !== undefined && isOnTime(stampMs, deadlineAt);
  const sentInTime = inTime(facts.sentAtMs) || inTime(facts.deliveredAtMs);
  if (slaStage === 'sent' ? sentInTime : inTime(facts.deliveredAtMs)) return undefined;

  // Refused is not the end of it: the sender's word is.
  if (facts.status === undefined || (facts.status === 'failed' && facts.state !== 'ACCEPTED')) return missWithoutMessage(facts);
  if (facts.status === 'failed') return { cause: facts.blame ?? 'platform', detail: facts.reason ?? 'failed' };
  // Under the late policy; whatever Meta did afterwards, it was too late already.
  if (facts.acceptedStartedAtMs !== undefined && facts.acceptedStartedAtMs >= closesAt) return { cause: 'ours', detail: 'posted-late' };
  if (facts.status === 'held') return { cause: 'platform', detail: 'held' };
  if (!hasReached(facts.status, 'sent')) return { cause: 'platform', detail: 'no-sent-status' };
  if (!sentInTime) return { cause: 'platform', detail: 'sent-late' };
  // Meta had it in time and the phone did not take it.
  return { cause: 'recipient', detail: hasReached(facts.status, 'delivered') ? 'delivered-late' : 'not-delivered' };
}

/** No message of it is known: the sender gave it up, or has not settled it. */
function missWithoutMessage(facts: DeliveryFacts): Miss {
  switch (facts.state) {
    case 'FAILED':
      return { cause: facts.blame ?? 'platform', detail: facts.reason ?? 'failed' };
    case 'SUPPRESSED':
      return { cause: 'ours', detail: facts.reason ?? 'suppressed' };
    case 'EXPIRED':
      return { cause: facts.blame ?? 'ours', detail: facts.reason ?? 'window-closed' };
    case 'AMBIGUOUS':
      return { cause: 'platform', detail: 'ambiguous' };
    case 'ACCEPTED':
      return { cause: 'platform', detail: 'no-sent-status' };
    case 'PLANNED':
    case 'QUEUED':
    case 'CLAIMED':
      return { cause: 'ours', detail: 'not-sent' };
  }
}
