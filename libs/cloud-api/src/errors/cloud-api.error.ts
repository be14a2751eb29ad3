import { AppError, isAppError, type Retry } from '@daybreak/kernel';
import { booleanIn, numberIn, objectIn, textIn } from '../read-json.js';
import { errorMeaning } from './error-meaning.js';
import type { ErrorMeaning } from './meaning.js';

/** What Meta writes about an error, as far as it was there. */
export interface GraphErrorBody {
  readonly code: number | null;
  readonly subcode: number | null;
  readonly type: string | null;
  /** Meta's own words, with everything that looks like a phone number struck out. For people; never decide on it. */
  readonly details: string | null;
  readonly fbtraceId: string | null;
  /** Null when Meta does not say. */
  readonly isTransient: boolean | null;
}

/** One refused or failed call to the Cloud API. Recognise it by its fields (`isCloudApiError`). */
export class CloudApiError extends AppError {
  readonly code: number | null;
  readonly subcode: number | null;
  readonly httpStatus: number;
  readonly type: string | null;
  readonly details: string | null;
  readonly fbtraceId: string | null;
  readonly isTransient: boolean | null;
  readonly meaning: ErrorMeaning;
  /** What the answer's headers asked us to wait, if they did. Already part of `retry`. */
  readonly retryAfterMs: number | null;

  constructor(body: GraphErrorBody, httpStatus: number, retryAfterMs: number | null = null) {
    const meaning = errorMeaning(body.code, httpStatus, 'sync');
    super(sentence(meaning, body, httpStatus), waitAtLeast(meaning.retry, retryAfterMs));
    this.name = 'CloudApiError';
    this.code = body.code;
    this.subcode = body.subcode;
    this.httpStatus = httpStatus;
    this.type = body.type;
    this.details = body.details;
    this.fbtraceId = body.fbtraceId;
    this.isTransient = body.isTransient;
    this.meaning = meaning;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Recognises it by its fields, across Jest realms and duplicated packages. */
export const isCloudApiError = (error: unknown): error is CloudApiError => isAppError(error) && 'meaning' in error && 'httpStatus' in error;

/** The headers know better than the table how long to wait, but they never shorten a wait that a person has to end. */
function waitAtLeast(retry: Retry, retryAfterMs: number | null): Retry {
  if (retryAfterMs === null) return retry;
  if (retry.kind === 'defer') return { ...retry, delayMs: Math.max(retry.delayMs, retryAfterMs) };
  if (retry.kind === 'pause' && typeof retry.until === 'number') return { ...retry, until: Math.max(retry.until, retryAfterMs) };
  return retry;
}

function sentence(meaning: ErrorMeaning, body: GraphErrorBody, httpStatus: number): string {
  const where = [
    body.code === null ? 'no Meta code' : `Meta ${body.code}`,
    body.subcode === null ? null : `subcode ${body.subcode}`,
    `HTTP ${httpStatus}`,
  ];
  const details = body.details === null ? '' : ` Meta says: ${body.details}`;
  return `${meaning.why}${details} (${where.filter((part) => part !== null).join(', ')})`;
}

/** Seven digits or more, however they are spaced: a phone number, or an id that looks like one. Meta writes its codes as `(#2388293)`. */
const NUMBER_LIKE = /(?<![#\d])\+?\d(?:[\s().-]?\d){6,}/g;
const WAMID_LIKE = /wamid\.[\w+/=-]+/g;
const TOKEN_LIKE = /\bEAA[A-Za-z0-9]{12,}/g;
const MAX_DETAILS_LENGTH = 300;

/** Meta quotes what it was sent: numbers, wamids, even tokens. None of these may reach a log. */
const scrubbed = (text: string): string =>
  text.slice(0, MAX_DETAILS_LENGTH).replace(WAMID_LIKE, '[wamid]').replace(TOKEN_LIKE, '[token]').replace(NUMBER_LIKE, '[number]');

/** Null when the answer holds no error object of Meta's: a proxy's page, a text, an empty body. */
export function graphErrorIn(answer: unknown): GraphErrorBody | null {
  const error = objectIn(objectIn(answer)?.['error']);
  if (!error) return null;
  const details = textIn(objectIn(error['error_data'])?.['details']) ?? textIn(error['error_user_msg']) ?? textIn(error['message']);
  return {
    code: numberIn(error['code']),
    subcode: numberIn(error['error_subcode']),
    type: textIn(error['type']),
    details: details === null ? null : scrubbed(details),
    fbtraceId: textIn(error['fbtrace_id']),
    isTransient: booleanIn(error['is_transient']),
  };
}

/** For an answer that is no success and holds no error of Meta: a proxy, a page, nothing. */
export const NO_GRAPH_ERROR: GraphErrorBody = { code: null, subcode: null, type: null, details: null, fbtraceId: null, isTransient: null };
