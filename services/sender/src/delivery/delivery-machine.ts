import { countedAttempts, type AmbiguousPolicy, type DeliveryRecord, type Settlement } from './delivery-record.js';

/*
 * Everything that can happen to a claimed delivery, as pure functions of its row. The store locks rows, asks here, and
 * writes what it is told; it decides nothing. Every function returns undefined where nothing changes, so that whatever
 * comes twice (a result, a webhook, a sweep) changes nothing the second time.
 *
 * What keeps it exact: only the owner of an epoch ever POSTs for that epoch, so its word on one of its claims is final, and said of that
 * claim alone: claims have numbers that never come again; and a webhook that carries our reference is proof, whatever we believed before.
 */

/** Reason of a delivery whose POST nobody can say anything about, when there is no time left to send it again. */
export const AMBIGUOUS_AT_THE_END = 'ambiguous';
export const WINDOW_CLOSED = 'window-closed';

/**
 * The share of the wait for a webhook in which webhooks must have been seen to flow. Not all of it: towards the end of a morning people
 * read, and Meta speaks, less often. Usual webhooks take seconds, a small part of it.
 */
const WAIT_THAT_COUNTS = 0.5;

/** What the poster says of one POST, or of a claim it let go. */
export interface Result {
  readonly attempt: number;
  readonly claimNumber: number;
  readonly epoch: number;
  readonly settlement: Settlement;
}

/** A result is known. Late ones count too: a new owner may have declared the claim ambiguous, but the response decides. */
export function settle(record: DeliveryRecord, { attempt, claimNumber, epoch, settlement }: Result): DeliveryRecord | undefined {
  const isOfThisClaim =
    (record.state === 'CLAIMED' || record.state === 'AMBIGUOUS') && record.claimNumber === claimNumber && record.epoch === epoch;
  if (!isOfThisClaim) return settlement.kind === 'accepted' ? proven(record, attempt, settlement.wamidHash) : undefined;
  if (settlement.kind === 'accepted') return accepted(record, attempt, settlement.wamidHash);
  // A webhook was faster than the answer, or proved an earlier attempt while this one was under way.
  if (record.observedAttempt > 0) return accepted(record, record.observedAttempt, record.wamidHash);
  switch (settlement.kind) {
    case 'again':
      return {
        ...idle(record),
        state: 'QUEUED',
        dueAtMs: settlement.dueAtMs,
        spared: record.spared + (settlement.spared ? 1 : 0),
        errorCode: settlement.errorCode,
      };
    case 'not-posted':
      return { ...idle(record), state: 'QUEUED', dueAtMs: settlement.dueAtMs, attempt: record.attempt - 1 };
    case 'ambiguous':
      return { ...record, state: 'AMBIGUOUS', resolveAtMs: settlement.resolveAtMs, errorCode: settlement.errorCode };
    case 'failed':
      return { ...idle(record), state: 'FAILED', reason: settlement.reason, errorCode: settlement.errorCode };
    case 'expired':
      return { ...idle(record), state: 'EXPIRED', reason: settlement.reason, errorCode: settlement.errorCode };
    case 'suppressed':
      return { ...idle(record), state: 'SUPPRESSED', reason: settlement.reason };
  }
}

/** Meta said something (sent, delivered, read or failed) about one of its POSTs: that POST was accepted. */
export function proven(record: DeliveryRecord, attempt: number, wamidHash: string): DeliveryRecord | undefined {
  if (record.observedAttempt === attempt) return undefined;
  if (record.state === 'ACCEPTED') return record.acceptedAttempt === attempt ? undefined : { ...record, observedAttempt: attempt };
  // The poster is still about to tell us more; if it dies first, `orphaned` finds this note.
  if (record.state === 'CLAIMED') return { ...record, observedAttempt: attempt, wamidHash };
  return accepted({ ...record, observedAttempt: attempt }, attempt, wamidHash);
}

/** Two POSTs of one delivery were accepted: the residue that cannot be excluded, and must be counted. */
export const isDuplicate = (before: DeliveryRecord, after: DeliveryRecord): boolean =>
  after.state === 'ACCEPTED' &&
  after.observedAttempt !== 0 &&
  after.observedAttempt !== after.acceptedAttempt &&
  !(before.state === 'ACCEPTED' && before.observedAttempt === after.observedAttempt);

/** Its owner lost the lease. Whether the POST was made nobody knows, unless a webhook was there already. */
export function orphaned(record: DeliveryRecord, currentEpoch: number, resolveAtMs: number): DeliveryRecord | undefined {
  if (record.state !== 'CLAIMED' || record.epoch >= currentEpoch) return undefined;
  if (record.observedAttempt > 0) return accepted(record, record.observedAttempt, record.wamidHash);
  return { ...record, state: 'AMBIGUOUS', resolveAtMs };
}

/** Claimed under our own epoch, yet we do not hold it: the claim's answer never reached us, so nothing was posted. */
export function forgotten(record: DeliveryRecord, currentEpoch: number): DeliveryRecord | undefined {
  if (record.state !== 'CLAIMED' || record.epoch !== currentEpoch) return undefined;
  return settle(record, { ...record, settlement: { kind: 'not-posted', dueAtMs: record.dueAtMs } });
}

/** No webhook came in time: the policy decides. `canSendAgain` says whether another POST still fits into the window. */
export function resolved(
  record: DeliveryRecord,
  at: {
    readonly nowMs: number;
    readonly policy: AmbiguousPolicy;
    readonly maxAttempts: number;
    readonly canSendAgain: boolean;
    /** Until when every webhook that speaks of this delivery has been read: silence proves nothing after it. */
    readonly completeUntil: (deliveryId: string) => number;
    /** How long a webhook is waited for, clock ms. */
    readonly resolveAfterMs: number;
    /** The run is being closed: what cannot be decided is given up. */
    readonly isOver: boolean;
  },
): DeliveryRecord | undefined {
  if (record.state !== 'AMBIGUOUS' || (at.nowMs < (record.resolveAtMs ?? 0) && !at.isOver)) return undefined;
  if (at.policy === 'resend' && at.canSendAgain && !at.isOver && countedAttempts(record) < at.maxAttempts) {
    const silentUntilMs = (record.resolveAtMs ?? 0) - at.resolveAfterMs * (1 - WAIT_THAT_COUNTS);
    if (at.completeUntil(record.deliveryId) < silentUntilMs) return undefined;
    return { ...idle(record), state: 'QUEUED', dueAtMs: at.nowMs };
  }
  return { ...idle(record), state: 'EXPIRED', reason: AMBIGUOUS_AT_THE_END };
}

/** Nothing may be sent to this recipient any more. */
export function withheld(record: DeliveryRecord, reason: string): DeliveryRecord | undefined {
  return record.state === 'QUEUED' ? { ...idle(record), state: 'SUPPRESSED', reason } : undefined;
}

/** The window is over, and it was never accepted. @param reason what stood in its way, where anything did */
export function closed(record: DeliveryRecord, reason: string = WINDOW_CLOSED): DeliveryRecord | undefined {
  return record.state === 'QUEUED' ? { ...idle(record), state: 'EXPIRED', reason } : undefined;
}

const idle = (record: DeliveryRecord): DeliveryRecord => ({ ...record, claimedAtMs: null, resolveAtMs: null });

const accepted = (record: DeliveryRecord, attempt: number, wamidHash: string): DeliveryRecord => ({
  ...record,
  state: 'ACCEPTED',
  acceptedAttempt: attempt,
  wamidHash,
  resolveAtMs: null,
  reason: '',
});
