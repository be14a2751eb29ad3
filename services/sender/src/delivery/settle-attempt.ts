import { pairRetryDelayMs, type CloudApiError, type SendOutcome } from '@daybreak/cloud-api';
import type { SeededRandom } from '@daybreak/kernel';
import { endOfSending, retryFits, type LatePolicy, type SendWindow } from '@daybreak/timing';
import { backoffMs } from './backoff.js';
import { countedAttempts, type DeliveryRecord, type Settlement } from './delivery-record.js';

export interface SettleContext {
  readonly nowMs: number;
  readonly window: SendWindow;
  readonly latePolicy: LatePolicy;
  /** POSTs that Meta looks at, per delivery. */
  readonly maxAttempts: number;
  /** Clock ms that a webhook is waited for before the policy decides. */
  readonly resolveAfterMs: number;
  /** The message carried an image by its id, which may be foreign to this number, or have ended. */
  readonly byMediaId: boolean;
  readonly random: Pick<SeededRandom, 'next'>;
}

const THROUGHPUT_REACHED = 130429;
const PAIR_RATE_REACHED = 131056;

/** Nothing left us, so trying again costs nothing but this pause: DNS, a refused connection, a pool that is full. */
const NOT_SENT_PAUSE_MS = 1_000;

/** The one place that turns the answer of the Cloud API into what happens to this delivery next. Pure; who else has to wait is the breakers' business. */
export function settleAttempt(
  claim: Pick<DeliveryRecord, 'attempt' | 'spared'>,
  outcome: SendOutcome,
  wamidHashOf: (wamid: string) => string,
  context: SettleContext,
): Settlement {
  switch (outcome.kind) {
    case 'accepted':
      return { kind: 'accepted', wamidHash: wamidHashOf(outcome.wamid), held: outcome.held };
    case 'not-sent':
      if (outcome.reason === 'invalid-request') return { kind: 'failed', reason: 'request', errorCode: 0 };
      return { kind: 'not-posted', dueAtMs: context.nowMs + NOT_SENT_PAUSE_MS };
    case 'ambiguous':
      return { kind: 'ambiguous', resolveAtMs: context.nowMs + context.resolveAfterMs, errorCode: outcome.error?.code ?? 0 };
    case 'rejected':
      return refused(claim, outcome.error, context);
  }
}

function refused(claim: Pick<DeliveryRecord, 'attempt' | 'spared'>, error: CloudApiError, context: SettleContext): Settlement {
  const { retry, meaning } = error;
  const errorCode = error.code ?? 0;
  const lost: Settlement = { kind: 'failed', reason: meaning.fault, errorCode };
  const again = (delayMs: number, spared: boolean): Settlement => {
    if (retryFits(context.nowMs, delayMs, context.window, context.latePolicy))
      return { kind: 'again', dueAtMs: context.nowMs + delayMs, spared, errorCode };
    // Meta's own word rules it out for today; else it is only that the time ran out.
    return delayMs > endOfSending(context.window, context.latePolicy) - context.window.opensAt
      ? lost
      : { kind: 'expired', reason: meaning.fault, errorCode };
  };
  const attemptsLeft = countedAttempts(claim) < context.maxAttempts;
  // The next attempt goes by a new id, or by the link; if that is refused too, it was not the media.
  if (context.byMediaId && blamesMedia(error) && attemptsLeft) return again(backoffMs(countedAttempts(claim), context.random), false);
  switch (retry.kind) {
    case 'drop':
      return lost;
    case 'backoff':
      return attemptsLeft ? again(backoffMs(countedAttempts(claim), context.random), false) : lost;
    case 'defer': {
      // This recipient waits, the shard goes on.
      const delayMs = error.code === PAIR_RATE_REACHED ? Math.max(retry.delayMs, pairRetryDelayMs(claim.attempt - 1)) : retry.delayMs;
      return attemptsLeft || meaning.provenNotProcessed ? again(delayMs, meaning.provenNotProcessed) : lost;
    }
    case 'pause': {
      // Something bigger than this delivery waits, and the delivery with it: it has not used up an attempt.
      const delayMs =
        typeof retry.until === 'number' ? retry.until + backoffMs(claim.attempt, context.random) : backoffMs(claim.attempt, context.random);
      if (!retryFits(context.nowMs, delayMs, context.window, context.latePolicy))
        return { kind: 'expired', reason: meaning.fault, errorCode };
      return { kind: 'again', dueAtMs: context.nowMs + delayMs, spared: true, errorCode };
    }
  }
}

/** Meta calls an id that it does not know just another wrong parameter. */
export const blamesMedia = ({ meaning }: CloudApiError): boolean => meaning.class === 'media-fix' || meaning.class === 'request-bug';

/** Meta says that the number is over its throughput. */
export const isTooFast = (outcome: SendOutcome): boolean =>
  outcome.kind === 'rejected' && (outcome.error.code === THROUGHPUT_REACHED || outcome.httpStatus === 429);
