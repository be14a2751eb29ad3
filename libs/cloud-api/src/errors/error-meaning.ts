import { isKnownCode } from './error-codes.js';
import { FAULT_ATTRIBUTION, type ErrorMeaning, type ErrorSurface, type MeaningRow } from './meaning.js';
import { MEANING } from './meaning-table.js';

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
