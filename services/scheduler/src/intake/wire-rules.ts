import { timestampMs, type Timestamp } from '@bufbuild/protobuf/wkt';
import { invalid, type Violation } from '@daybreak/kernel';
import { z } from 'zod';

/** What is said of ids, texts and instants in more than one event. Messages name the rule and never the value. */
export const publisherId = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 . _ -');

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex');

const isTimestamp = (value: unknown): value is Timestamp => typeof value === 'object' && value !== null && 'seconds' in value;

/** Years 1 to 9999, as google.protobuf.Timestamp has it. Epoch s. */
const FIRST_SECOND = -62_135_596_800n;
const LAST_SECOND = 253_402_300_799n;

const isInCalendar = ({ seconds, nanos }: Timestamp): boolean =>
  seconds >= FIRST_SECOND && seconds <= LAST_SECOND && nanos >= 0 && nanos < 1e9;

/** A google.protobuf.Timestamp that must be there, as epoch ms. */
export const instant = z
  .custom<Timestamp>(isTimestamp, 'is required')
  .refine(isInCalendar, 'is not an instant of the years 1 to 9999')
  .transform((timestamp) => timestampMs(timestamp));

/** A text that Postgres can keep: it knows no NUL, and no half of a surrogate pair. */
export const storable = z.string().refine((text) => !text.includes('\0') && text.isWellFormed(), 'must be text without NUL');

const LONGEST_PARAMETER = 1_024; // Meta's limit of a whole body

/** Meta refuses a value with line breaks, tabs or more than four blanks in a row. */
const parameterValue = storable
  .min(1, 'must not be empty')
  .max(LONGEST_PARAMETER, `must be at most ${LONGEST_PARAMETER} characters`)
  .refine((text) => !/[\n\r\t]| {5,}/.test(text), 'must be one line without tabs or more than four blanks in a row');

export const bodyParameters = z.record(
  z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'a name must be 1 to 64 of a-z 0-9 _, starting with a letter'),
  parameterValue,
);

/** Parses an event by a schema, or throws `invalid` with the fields' proto names. */
export function readBy<S extends z.ZodType>(schema: S, event: unknown): z.output<S> {
  const parsed = schema.safeParse(event);
  if (!parsed.success) throw invalid(...violationsOf(parsed.error));
  return parsed.data;
}

export const violationsOf = (error: z.ZodError): Violation[] =>
  error.issues.map((issue) => ({ field: protoPath(issue.path), reason: issue.message }));

/** `['parts', 0, 'sizeBytes']` → `parts[0].size_bytes` */
function protoPath(path: readonly PropertyKey[]): string {
  const steps = path.map((step, i) => (typeof step === 'number' ? `[${step}]` : `${i === 0 ? '' : '.'}${snakeCase(String(step))}`));
  return steps.join('') || 'event';
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
