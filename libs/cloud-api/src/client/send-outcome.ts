import { CloudApiError, graphErrorIn, NO_GRAPH_ERROR } from '../errors/cloud-api.error.js';
import { isKnownCode } from '../errors/error-codes.js';
import type { Exchange, LostReason, NeverLeftReason } from '../http/exchange.js';
import { objectIn, objectsIn, textIn } from '../read-json.js';
import { retryAfterMsFrom, usageFrom, type Usage } from '../http/usage.js';

/** Why nobody can say whether Meta took the message. */
export type AmbiguousReason =
  | LostReason //           it left, and no whole answer came
  | 'server-error' //       5xx without an error of Meta's, or one this release does not know
  | 'platform-unsure' //    Meta answered with a code that leaves it open (1, 2, 131000, 131016 …)
  | 'no-message-id' //      200, but no wamid in it
  | 'unreadable-answer'; // 200, but not JSON, or a redirect

/**
 * What became of one POST. Exactly one of four, and only these allow another POST for the same message:
 * `rejected` with `error.meaning.provenNotProcessed` (or what `error.retry` says), and `not-sent`.
 */
export type SendOutcome =
  | {
      readonly kind: 'accepted';
      readonly wamid: string;
      /** Kept back by Meta's pacing: accepted, but not on its way. */
      readonly held: boolean;
      /** Meta's own word, when it gave one. */
      readonly messageStatus: string | null;
      /** The recipient as Meta knows them: may differ from what was sent, or be absent. */
      readonly waId: string | null;
      readonly userId: string | null;
      readonly usage: Usage;
    }
  | { readonly kind: 'rejected'; readonly error: CloudApiError; readonly httpStatus: number; readonly usage: Usage }
  | { readonly kind: 'ambiguous'; readonly reason: AmbiguousReason; readonly httpStatus?: number; readonly error?: CloudApiError }
  | { readonly kind: 'not-sent'; readonly reason: NeverLeftReason };

const HELD = new Set(['held_for_quality_assessment', 'paused']);

/** Reads the answer to a POST that makes a message. Never throws. */
export function sendOutcomeOf(exchange: Exchange, nowMs: number): SendOutcome {
  switch (exchange.kind) {
    case 'never-left':
      return { kind: 'not-sent', reason: exchange.reason };
    case 'lost':
      return { kind: 'ambiguous', reason: exchange.reason, ...(exchange.status === null ? {} : { httpStatus: exchange.status }) };
    case 'answered': {
      const { status, headers } = exchange;
      const answer = parsed(exchange.body);
      const usage = usageFrom(headers);
      const graphError = graphErrorIn(answer);
      if (graphError !== null || status >= 400) {
        const error = new CloudApiError(graphError ?? NO_GRAPH_ERROR, status, retryAfterMsFrom(headers, usage, nowMs));
        if (!error.meaning.ambiguous) return { kind: 'rejected', error, httpStatus: status, usage };
        return {
          kind: 'ambiguous',
          reason: error.code !== null && isKnownCode(error.code) ? 'platform-unsure' : 'server-error',
          httpStatus: status,
          error,
        };
      }
      if (answer === undefined || status >= 300) return { kind: 'ambiguous', reason: 'unreadable-answer', httpStatus: status };
      return acceptedIn(answer, usage) ?? { kind: 'ambiguous', reason: 'no-message-id', httpStatus: status };
    }
  }
}

/** Undefined when the bytes are not JSON. */
export function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function acceptedIn(answer: unknown, usage: Usage): SendOutcome | undefined {
  const [message] = objectsIn(objectIn(answer)?.['messages']);
  const wamid = textIn(message?.['id']);
  if (wamid === null) return undefined;
  const [contact] = objectsIn(objectIn(answer)?.['contacts']);
  const messageStatus = textIn(message?.['message_status']);
  return {
    kind: 'accepted',
    wamid,
    held: messageStatus !== null && HELD.has(messageStatus),
    messageStatus,
    waId: textIn(contact?.['wa_id']),
    userId: textIn(contact?.['user_id']),
    usage,
  };
}
