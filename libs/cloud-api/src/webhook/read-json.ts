import { errorMeaning } from '../errors/error-meaning.js';
import type { JsonObject, WebhookError } from './webhook-event.js';

/* Reading what may be missing, null, of another type, or a list where an object was promised. Nothing here throws. */

export const objectIn = (value: unknown): JsonObject | null =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : null;

/** The members of a list; a lone object counts as a list of one, anything else as empty. */
export const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : objectIn(value) ? [value] : []);

export const objectsIn = (value: unknown): readonly JsonObject[] => listIn(value).map(objectIn).filter((item) => item !== null);

/** Text, or a number as the text it was written as (ids come both ways). Empty counts as missing. */
export const textIn = (value: unknown): string | null => {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null;
};

export const numberIn = (value: unknown): number | null => {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
};

export const booleanIn = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null);

/** Seconds since 1970 would have to be in the year 5138 to be this large: it is milliseconds. */
const FIRST_MILLISECONDS = 100_000_000_000;

/** Meta stamps in seconds, as text or number; a few fields carry milliseconds. */
export const instantMsIn = (value: unknown): number | null => {
  const number = numberIn(value);
  if (number === null || number < 0) return null;
  return number < FIRST_MILLISECONDS ? number * 1_000 : number;
};

/** `errors[]` of a status, a message or a whole change. */
export const errorsIn = (value: unknown): readonly WebhookError[] =>
  objectsIn(value).map((error) => {
    const code = numberIn(error['code']);
    return {
      code,
      title: textIn(error['title']) ?? textIn(error['message']),
      details: textIn(objectIn(error['error_data'])?.['details']) ?? textIn(error['details']),
      meaning: errorMeaning(code, null, 'async'),
    };
  });

const TIER = /^TIER_(\d+)(K|M)?$/;
const TIER_UNIT = { '': 1, K: 1_000, M: 1_000_000 } as const;

/**
 * A messaging limit as a number: `TIER_2K`, `2000` and `"2000"` are 2 000; `TIER_UNLIMITED` and -1 are -1.
 * Null when nothing is said, or in words this release cannot read: never guess a capacity.
 */
export function messagingLimitOf(value: unknown): number | null {
  const number = numberIn(value);
  if (number !== null) return number >= 0 ? number : -1;
  if (typeof value !== 'string') return null;
  if (value === 'TIER_UNLIMITED') return -1;
  const [, digits, unit] = TIER.exec(value) ?? [];
  return digits === undefined ? null : Number(digits) * TIER_UNIT[(unit ?? '') as keyof typeof TIER_UNIT];
}
