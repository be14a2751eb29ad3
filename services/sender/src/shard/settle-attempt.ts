import { pairRetryDelayMs, type CloudApiError, type SendOutcome } from '@daybreak/cloud-api';
import type { SeededRandom } from '@daybreak/kernel';
import { retryFits, type SendWindow } from '@daybreak/timing';
import { backoffMs } from './backoff.js';
import { countedAttempts, type DeliveryRecord, type Settlement } from './delivery-record.js';

/** What one outcome says about everybody behind the same template, number, account … */
export interface Suspicion {
  readonly scope: 'template' | 'media' | 'shard' | 'account' | 'campaign';
  /** In a row, before the scope stops. */
  readonly tripsAfter: number;
  /** Clock ms until it resumes by itself, or who resumes it. */
  readonly until: number | 'platform' | 'operator';
  readonly fault: string;
  readonly why: string;
  readonly page: boolean;
}

export interface Verdict {
  readonly settlement: Settlement;
  readonly suspicion?: Suspicion;
  /** Meta says that the number is over its throughput. */
  readonly tooFast?: true;
}

export interface SettleContext {
  readonly nowMs: number;
  readonly window: SendWindow;
  /** POSTs that Meta looks at, per delivery. */
  readonly maxAttempts: number;
  /** Clock ms that a webhook is waited for before the policy decides. */
  readonly resolveAfterMs: number;
  readonly random: Pick<SeededRandom, 'next'>;
}

const THROUGHPUT_REACHED = new Set<number | null>([130429]);
const PAIR_RATE_REACHED = 131056;

/** Nothing left us, so trying again costs nothing but this pause: DNS, a refused connection, a pool that is full. */
const NOT_SENT_PAUSE_MS = 1_000;

/** The one place that turns the answer of the Cloud API into what happens next. Pure: effects are the caller's. */
export function settleAttempt(
  claim: Pick<DeliveryRecord, 'attempt' | 'spared'>,
  outcome: SendOutcome,
  wamidHashOf: (wamid: string) => string,
  context: SettleContext,
): Verdict {
  switch (outcome.kind) {
    case 'accepted':
      return { settlement: { kind: 'accepted', wamidHash: wamidHashOf(outcome.wamid), held: outcome.held } };
    case 'not-sent':
      if (outcome.reason === 'invalid-request') return { settlement: { kind: 'failed', reason: 'request', errorCode: 0 } };
      return { settlement: { kind: 'not-posted', dueAtMs: context.nowMs + NOT_SENT_PAUSE_MS }, suspicion: CONNECTION };
    case 'ambiguous': {
      const settlement: Settlement = { kind: 'ambiguous', resolveAtMs: context.nowMs + context.resolveAfterMs, errorCode: outcome.error?.code ?? 0 };
      return { settlement, ...suspicionOf(outcome.error) };
    }
    case 'rejected':
      return refused(claim, outcome.error, context);
  }
}

/** The way to Meta is closed, not to one recipient: the shard waits a little instead of asking for every row. */
const CONNECTION: Suspicion = { scope: 'shard', tripsAfter: 3, until: 2_000, fault: 'connection', why: 'The Cloud API cannot be reached.', page: false };

function refused(claim: Pick<DeliveryRecord, 'attempt' | 'spared'>, error: CloudApiError, context: SettleContext): Verdict {
  const { retry, meaning } = error;
  const errorCode = error.code ?? 0;
  const lost: Settlement = { kind: 'failed', reason: meaning.fault, errorCode };
  const again = (delayMs: number, spared: boolean): Settlement => {
    if (retryFits(context.nowMs, delayMs, context.window)) return { kind: 'again', dueAtMs: context.nowMs + delayMs, spared, errorCode };
    // Meta's own word rules it out for today; else it is only that the time ran out.
    return delayMs > context.window.closesAt - context.window.opensAt ? lost : { kind: 'expired', reason: meaning.fault, errorCode };
  };
  const attemptsLeft = countedAttempts(claim) < context.maxAttempts;
  const suspicion = suspicionOf(error);
  switch (retry.kind) {
    case 'drop':
      return { settlement: lost, ...suspicion };
    case 'backoff':
      return { settlement: attemptsLeft ? again(backoffMs(countedAttempts(claim), context.random), false) : lost, ...suspicion };
    case 'defer': {
      // This recipient waits, the shard goes on.
      const delayMs = error.code === PAIR_RATE_REACHED ? Math.max(retry.delayMs, pairRetryDelayMs(claim.attempt - 1)) : retry.delayMs;
      return { settlement: attemptsLeft || meaning.provenNotProcessed ? again(delayMs, meaning.provenNotProcessed) : lost, ...suspicion };
    }
    case 'pause': {
      // Something bigger than this delivery waits, and the delivery with it: it has not used up an attempt.
      const delayMs = typeof retry.until === 'number' ? retry.until + backoffMs(claim.attempt, context.random) : backoffMs(claim.attempt, context.random);
      const kept: Settlement = retryFits(context.nowMs, delayMs, context.window)
        ? { kind: 'again', dueAtMs: context.nowMs + delayMs, spared: true, errorCode }
        : { kind: 'expired', reason: meaning.fault, errorCode };
      return { settlement: kept, ...suspicion, ...(THROUGHPUT_REACHED.has(error.code) || error.httpStatus === 429 ? { tooFast: true } : {}) };
    }
  }
}

function suspicionOf(error: CloudApiError | undefined): { suspicion: Suspicion } | undefined {
  const tripsAfter = error?.meaning.tripsAfter;
  if (!error || tripsAfter === null || tripsAfter === undefined) return undefined;
  const { retry, meaning } = error;
  const scope = meaning.class === 'media-fix' ? 'media' : retry.kind === 'pause' ? retry.scope : meaning.scope;
  if (scope === 'delivery' || scope === 'recipient') return undefined;
  return { suspicion: { scope, tripsAfter, until: retry.kind === 'pause' ? retry.until : 'operator', fault: meaning.fault, why: meaning.why, page: meaning.alert === 'page' } };
}
