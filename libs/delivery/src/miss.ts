import type { DeliveryState } from './delivery-state.js';
import { hasReached, type AttemptStatus } from './delivery-status.js';
import { isOnTime, type SlaStage } from './on-time.js';

/** Who a miss is put down to. `not_eligible` misses are not in the denominator. */
export const MISS_CAUSES = ['ours', 'platform', 'recipient', 'not_eligible'] as const;
export type MissCause = (typeof MISS_CAUSES)[number];

export interface Miss {
  readonly cause: MissCause;
  /** A short, bounded word for the reports: the fault, the reason of the suppression, or what came too late. */
  readonly detail: string;
}

/** What is known of one delivery when it is judged. Instants are epoch ms; Meta's stamps where they are Meta's. */
export interface DeliveryFacts {
  readonly state: DeliveryState;
  /** The best attempt. */
  readonly status?: AttemptStatus | undefined;
  /** Left the denominator: its opt-out or withdrawal came before its POST. */
  readonly excluded?: boolean | undefined;
  /** Why it settled as failed, suppressed or expired; for a failed status, the fault behind Meta's code. */
  readonly reason?: string | undefined;
  /** Whom the fault is put down to by the error table; absent for faults it does not know. */
  readonly blame?: Exclude<MissCause, 'not_eligible'> | undefined;
  readonly dueAtMs?: number | undefined;
  /** Start of the POST that was accepted. */
  readonly acceptedStartedAtMs?: number | undefined;
  readonly sentAtMs?: number | undefined;
  readonly deliveredAtMs?: number | undefined;
}

/**
 * A POST this late against its due instant leaves Meta too little of the window: the miss is ours. The plan keeps the
 * last 60 s free of first attempts and 30 s lie between the window's end and the deadline.
 */
export const OURS_WHEN_POSTED_WITHIN_MS = 30_000;

/** Why this delivery missed the SLA stage, or undefined when it did not. */
export function attributeMiss(facts: DeliveryFacts, slaStage: SlaStage, deadlineMs: number): Miss | undefined {
  if (facts.excluded) return { cause: 'not_eligible', detail: facts.reason ?? 'opted-out' };
  const stampMs = slaStage === 'sent' ? (facts.sentAtMs ?? facts.deliveredAtMs) : facts.deliveredAtMs;
  if (stampMs !== undefined && isOnTime(stampMs, deadlineMs)) return undefined;

  if (facts.status === 'failed') return { cause: facts.blame ?? 'platform', detail: facts.reason ?? 'failed' };
  if (facts.status === undefined && facts.state !== 'ACCEPTED') return missWithoutMessage(facts);
  if (facts.status === 'held') return { cause: 'platform', detail: 'held' };
  if (facts.acceptedStartedAtMs !== undefined && facts.acceptedStartedAtMs > deadlineMs - OURS_WHEN_POSTED_WITHIN_MS) {
    return { cause: 'ours', detail: 'posted-late' };
  }
  if (!hasReached(facts.status, 'sent')) return { cause: 'platform', detail: 'no-sent-status' };
  if (slaStage === 'sent') return { cause: 'platform', detail: 'sent-late' };
  // Meta had it in time and the phone did not take it.
  const sentInTime = facts.sentAtMs !== undefined && isOnTime(facts.sentAtMs, deadlineMs);
  if (!sentInTime) return { cause: 'platform', detail: 'sent-late' };
  return { cause: 'recipient', detail: hasReached(facts.status, 'delivered') ? 'delivered-late' : 'phone-off' };
}

/** The sender settled it, or never did, and no message of it is known. */
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
    default:
      return { cause: 'ours', detail: 'not-sent' };
  }
}
