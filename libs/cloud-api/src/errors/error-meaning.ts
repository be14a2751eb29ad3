import type { Retry } from '@daybreak/kernel';
import { isKnownCode } from './error-codes.js';
import { MEANING } from './meaning-table.js';

/** What kind of trouble it is. Decides what happens next; the fault only says what to call it. */
export type ErrorClass =
  | 'throttle' //             refused before it was looked at: safe to send again
  | 'transient' //            a passing state of Meta's; whether this message went is not proven
  | 'ambiguous' //            Meta does not know, or does not say, what became of the message
  | 'recipient-terminal' //   this message cannot reach this person
  | 'recipient-suppress' //   this person must not be written to
  | 'recipient-cooldown' //   this person has had enough for now
  | 'recipient-experiment' // this person is in Meta's control group
  | 'window-closed' //        free-form outside the service window
  | 'template-halt' //        the template cannot be sent by anybody
  | 'template-fix' //         what we put into the template does not fit
  | 'media-fix' //            the media cannot be used
  | 'number-halt' //          the phone number cannot send
  | 'account-halt' //         the WABA cannot send
  | 'auth-halt' //            the token or the app may not
  | 'campaign-halt' //        everything must stop until a person has looked
  | 'request-bug' //          the request itself is wrong
  | 'management-only' //      never answers a send
  | 'marketing-api-only' //   only on /marketing_messages
  | 'inbound-only'; //        only about what somebody sent to us

/** Whom the trouble concerns: how far the consequence reaches. */
export type ErrorScope = 'delivery' | 'recipient' | 'template' | 'shard' | 'account' | 'campaign';

/** Where the code was met: in an answer, in a `failed` status, or inside a `health_status`. */
export type ErrorSurface = 'sync' | 'async' | 'health';

/** On whose side a miss with this fault is counted. */
export type Attribution = 'ours' | 'platform' | 'recipient';

/** One word for each trouble: for reports, metrics and the operator's "why". */
export const FAULT_ATTRIBUTION = {
  'app-rate': 'ours',
  'account-rate': 'ours',
  throughput: 'ours',
  'pair-rate': 'ours',
  token: 'ours',
  permission: 'ours',
  policy: 'ours',
  payment: 'ours',
  setting: 'ours',
  country: 'ours',
  request: 'ours',
  'blocked-by-us': 'ours',
  'test-number': 'ours',
  'service-window': 'ours',
  'template-missing': 'ours',
  'template-mismatch': 'ours',
  'template-content': 'ours',
  'template-paused': 'platform',
  'template-disabled': 'platform',
  media: 'ours',
  'number-setup': 'ours',
  'number-restricted': 'platform',
  'portfolio-pacing': 'platform',
  maintenance: 'platform',
  platform: 'platform',
  unreachable: 'recipient',
  'user-cap': 'recipient', // Meta's cap follows what this person gets and reads from all businesses together
  'opted-out': 'recipient',
  experiment: 'recipient',
  identity: 'recipient',
  'out-of-time': 'recipient', // their phone stayed off until the message had expired
  management: 'ours',
  'marketing-api': 'ours',
  inbound: 'recipient',
} as const satisfies Record<string, Attribution>;

export type Fault = keyof typeof FAULT_ATTRIBUTION;

/** What one error code means to us. */
export interface ErrorMeaning {
  /** Meta's code; null when the answer carried none. */
  readonly code: number | null;
  readonly class: ErrorClass;
  readonly fault: Fault;
  readonly attribution: Attribution;
  readonly scope: ErrorScope;
  /** The only thing a worker branches on. When `ambiguous`, it holds for what comes after the outcome is settled. */
  readonly retry: Retry;
  /** Whether somebody should hear of it: at once, or in working hours. */
  readonly alert: false | 'ticket' | 'page';
  /** The message may or may not have been accepted. Never send it again before that is settled. */
  readonly ambiguous: boolean;
  /** Meta refused before it looked at the message: sending it again cannot make a second one. */
  readonly provenNotProcessed: boolean;
  /** How many of these in a row prove that the scope, and not one delivery, is at fault. Null: never. */
  readonly tripsAfter: number | null;
  /** For people: what happened, and what to do. */
  readonly why: string;
}

/** A row of the table: a meaning without what follows from its key. */
export type MeaningRow = Omit<ErrorMeaning, 'code' | 'attribution'>;

const UNKNOWN_CLIENT_ERROR: MeaningRow = {
  class: 'request-bug',
  fault: 'request',
  scope: 'delivery',
  retry: { kind: 'drop' },
  alert: 'ticket',
  ambiguous: false,
  provenNotProcessed: false,
  tripsAfter: 5,
  why: 'Meta refused the request with a code this release does not know. Look the code up and add it to the error table.',
};

const UNKNOWN_SERVER_ERROR: MeaningRow = {
  ...UNKNOWN_CLIENT_ERROR,
  class: 'ambiguous',
  fault: 'platform',
  retry: { kind: 'backoff' },
  ambiguous: true,
  tripsAfter: null,
  why: 'Meta failed without saying what became of the request. A status webhook settles it; until then it is not sent again.',
};

const UNKNOWN_FAILED_STATUS: MeaningRow = {
  ...UNKNOWN_CLIENT_ERROR,
  class: 'recipient-terminal',
  fault: 'platform',
  tripsAfter: null,
  why: 'Meta gave the message up for a reason this release does not know. Look the code up and add it to the error table.',
};

const TOO_MANY_REQUESTS: MeaningRow = {
  class: 'throttle',
  fault: 'app-rate',
  scope: 'shard',
  retry: { kind: 'pause', scope: 'shard', until: 1_000 },
  alert: false,
  ambiguous: false,
  provenNotProcessed: true,
  tripsAfter: 1,
  why: 'Too many requests, refused before they were looked at. The number slows down and sends again.',
};

/** Codes that are not documented one by one but belong to a documented range. */
function familyOf(code: number): MeaningRow | undefined {
  if (code > 200 && code < 300) return MEANING[200]; // a permission is missing
  if (code >= 133_000 && code < 134_000) return MEANING[133005]; // registration
  return undefined;
}

/**
 * Classifies by code. The HTTP status only decides where there is no known code: Meta answers permanent
 * errors with 500 and throttling with 400.
 * @param httpStatus null when the code did not come with an answer (webhooks, health)
 */
export function errorMeaning(code: number | null, httpStatus: number | null, surface: ErrorSurface): ErrorMeaning {
  const row = rowFor(code, httpStatus, surface);
  return {
    ...row,
    code,
    attribution: FAULT_ATTRIBUTION[row.fault],
    // A failed status is a definite end: the message did not go, whatever the code.
    ambiguous: surface === 'sync' && row.ambiguous,
  };
}

function rowFor(code: number | null, httpStatus: number | null, surface: ErrorSurface): MeaningRow {
  if (code !== null) {
    const row = isKnownCode(code) ? MEANING[code] : familyOf(code);
    if (row) return row;
  }
  if (surface !== 'sync') return UNKNOWN_FAILED_STATUS;
  if (httpStatus === 429) return TOO_MANY_REQUESTS;
  return httpStatus !== null && httpStatus >= 400 && httpStatus < 500 ? UNKNOWN_CLIENT_ERROR : UNKNOWN_SERVER_ERROR;
}

/**
 * How long one number should leave one recipient alone after the n-th 131056 in a row (n from 0): 4ⁿ seconds.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/about-the-platform (pair rate limits)
 */
export const pairRetryDelayMs = (n: number): number => 4 ** n * 1_000;
