/** A JSON object as it came, unknown members and all. */
export type JsonObject = Readonly<Record<string, unknown>>;

/* Reading what may be missing, null, of another type, or a list where an object was promised. Nothing here throws. */

/** The value if it is an object, and no list. */
export const objectIn = (value: unknown): JsonObject | null =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : null;

/** The members of a list; a lone object counts as a list of one, anything else as empty. */
export const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : objectIn(value) ? [value] : []);

/** The objects of a list; what is none is left out. */
export const objectsIn = (value: unknown): readonly JsonObject[] =>
  listIn(value)
    .map(objectIn)
    .filter((item) => item !== null);

/** Text, or a number as the text it was written as (ids come both ways). Empty counts as missing. */
export const textIn = (value: unknown): string | null => {
  if (typeof value === 'string') {
    if (value === '') return null;
    return value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value; // a database takes no NUL in a text
  }
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null;
};

/** A whole number, also when it was written as text. */
export const numberIn = (value: unknown): number | null => {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
};

/** True or false, and nothing that merely looks like it. */
export const booleanIn = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null);

/** Seconds since 1970 would have to be in the year 5138 to be this large: it is milliseconds. */
const FIRST_MILLISECONDS = 100_000_000_000;

/** The year 9999: what is later is no instant to most stores. */
const LAST_INSTANT_MS = 253_402_300_799_999;

/** Meta stamps in seconds, as text or number; a few fields carry milliseconds. */
export const instantMsIn = (value: unknown): number | null => {
  const number = numberIn(value);
  if (number === null || number < 0) return null;
  const ms = number < FIRST_MILLISECONDS ? number * 1_000 : number;
  return ms > LAST_INSTANT_MS ? null : ms;
};
