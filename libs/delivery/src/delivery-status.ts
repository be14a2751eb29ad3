/** What is known of one attempt (one POST), from our own answer and from Meta's webhooks. Lowest first. */
export const ATTEMPT_STATUSES = ['accepted', 'held', 'sent', 'failed', 'delivered', 'read'] as const;
export type AttemptStatus = (typeof ATTEMPT_STATUSES)[number];

const RANK: Readonly<Record<AttemptStatus, number>> = { accepted: 0, held: 1, sent: 2, failed: 3, delivered: 4, read: 5 };

/**
 * Folds what was observed of one attempt into what we hold. Webhooks repeat, reorder and contradict; a maximum does
 * not care. A delivered message that "failed" was delivered.
 */
export const furthest = (a: AttemptStatus, b: AttemptStatus): AttemptStatus => (RANK[a] >= RANK[b] ? a : b);

/** Among attempts a failed one is worth least: a failed first attempt never buries a good second one. */
const worth = (status: AttemptStatus): number => (status === 'failed' ? -1 : RANK[status]);

/** The status of a delivery: that of its best attempt. Undefined when no attempt has any. */
export function foldDelivery(attempts: Iterable<AttemptStatus>): AttemptStatus | undefined {
  let best: AttemptStatus | undefined;
  for (const status of attempts) if (best === undefined || worth(status) > worth(best)) best = status;
  return best;
}

/** Does a delivery of this status count on this rung of the ladder? Counts are cumulative: `read` implies `delivered` implies `sent`. */
export function hasReached(status: AttemptStatus | undefined, rung: 'accepted' | 'sent' | 'delivered' | 'read'): boolean {
  if (status === undefined || status === 'failed') return false;
  return RANK[status] >= RANK[rung];
}
