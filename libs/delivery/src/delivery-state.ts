/** What the sender knows of a delivery. It knows nothing of delivered or read. */
export const DELIVERY_STATES = ['PLANNED', 'QUEUED', 'CLAIMED', 'ACCEPTED', 'AMBIGUOUS', 'FAILED', 'SUPPRESSED', 'EXPIRED'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/**
 * What may follow what. An ambiguous POST goes back to QUEUED when the policy resends it, to ACCEPTED when a webhook
 * proves it, and to FAILED when that webhook says so. A settled delivery stays settled, with one exception: a webhook
 * that proves a message that we had given up.
 */
const NEXT: Readonly<Record<DeliveryState, readonly DeliveryState[]>> = {
  PLANNED: ['QUEUED', 'SUPPRESSED', 'EXPIRED'],
  QUEUED: ['CLAIMED', 'ACCEPTED', 'FAILED', 'SUPPRESSED', 'EXPIRED'],
  CLAIMED: ['ACCEPTED', 'AMBIGUOUS', 'QUEUED', 'FAILED', 'SUPPRESSED', 'EXPIRED'],
  AMBIGUOUS: ['ACCEPTED', 'QUEUED', 'FAILED', 'SUPPRESSED', 'EXPIRED'],
  ACCEPTED: [],
  FAILED: ['ACCEPTED'],
  SUPPRESSED: ['ACCEPTED'],
  EXPIRED: ['ACCEPTED'],
};

/** Whether a delivery in one state may go to another. */
export const mayBecome = (from: DeliveryState, to: DeliveryState): boolean => NEXT[from].includes(to);

/** Nothing more is to be done for it. */
export const isSettled = (state: DeliveryState): boolean =>
  state === 'ACCEPTED' || state === 'FAILED' || state === 'SUPPRESSED' || state === 'EXPIRED';
