import type { DeliveryState } from './delivery-state.js';
import type { AttemptStatus } from './delivery-status.js';

/** What the outside may know of a delivery, in six words. */
export const PUBLIC_STATUSES = ['queued', 'throttled', 'sent', 'delivered', 'read', 'failed'] as const;
export type PublicStatus = (typeof PUBLIC_STATUSES)[number];

/** What both ledgers say of one delivery. */
export interface BothLedgers {
  /** The sender's word. */
  readonly state: DeliveryState;
  /** The sla-tracker's word: the best attempt. */
  readonly status?: AttemptStatus | undefined;
  /** An attempt was put off (throughput, pair rate, pause) and will be made again. */
  readonly deferred?: boolean;
}

const OF_STATUS: Readonly<Record<AttemptStatus, PublicStatus>> = {
  // Accepted is not sent: the answer of the API only says that the message is in Meta's queue.
  accepted: 'queued',
  // Meta holds it back until it has judged the template.
  held: 'throttled',
  sent: 'sent',
  failed: 'failed',
  delivered: 'delivered',
  read: 'read',
};

const OF_STATE: Readonly<Record<DeliveryState, PublicStatus>> = {
  PLANNED: 'queued',
  QUEUED: 'queued',
  // Claimed rows wait for a slot of the throttle.
  CLAIMED: 'throttled',
  // Nothing goes out until the first POST is settled.
  AMBIGUOUS: 'throttled',
  ACCEPTED: 'queued',
  FAILED: 'failed',
  SUPPRESSED: 'failed',
  EXPIRED: 'failed',
};

/**
 * One pure mapping from both ledgers. Meta's word wins where it speaks of the message; a failed attempt that the
 * sender will repeat is a deferral, not a failure.
 */
export function publicStatus({ state, status, deferred = false }: BothLedgers): PublicStatus {
  const stillToSend = state === 'PLANNED' || state === 'QUEUED' || state === 'CLAIMED' || state === 'AMBIGUOUS';
  if (status === undefined || (status === 'failed' && stillToSend)) {
    return stillToSend && (deferred || status === 'failed') ? 'throttled' : OF_STATE[state];
  }
  return OF_STATUS[status];
}
