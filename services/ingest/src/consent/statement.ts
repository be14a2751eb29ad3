import { PURPOSES, type ConsentEvent, type Purpose } from '@daybreak/consent';
import { invalid, isAppError, type Violation } from '@daybreak/kernel';
import { needsScrubbing, normalizeE164 } from '@daybreak/privacy';
import { z } from 'zod';

/** Clocks of those who write differ a little from ours. More, and a yes "of tomorrow" would outlive the STOP of today. */
export const AHEAD_MS = 60_000;

const text = (most: number) => z.string().trim().min(1, 'is empty').max(most, `is longer than ${most} characters`);
const instant = z.iso.datetime({ offset: true, error: 'must be an ISO 8601 instant with its offset, e.g. 2026-11-22T10:00:00+05:30' });
/** Kept in clear, so that it can be searched and counted. */
const word = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1-64 of [A-Za-z0-9._-]')
  .refine((value) => !needsScrubbing(value), 'must not look like a phone number');

/** As E.164. */
const phoneNumber = z.string().transform((given, context) => {
  try {
    return normalizeE164(given);
  } catch (error) {
    if (!isAppError(error)) throw error;
    for (const { reason } of error.violations) context.addIssue(reason);
    return z.NEVER;
  }
});

const statementSchema = z.strictObject({
  recipientId: word.optional(),
  phoneNumber: phoneNumber.optional(),
  purpose: z.enum([...PURPOSES, 'all'], `must be one of ${PURPOSES.join(', ')}, all`),
  change: z.enum(['start', 'stop', 'pause', 'resume'], 'must be one of start, stop, pause, resume'),
  saidAt: instant,
  until: instant.optional(),
  channel: text(64),
  wording: text(2_000).optional(),
  noticeVersion: word.optional(),
  language: text(16).optional(),
  proof: text(500).optional(),
});

export const STATEMENT_FIELDS = Object.keys(statementSchema.shape) as readonly (keyof z.input<typeof statementSchema>)[];

/** That somebody said yes, no or not now somewhere outside of WhatsApp, with what proves it. */
export interface Statement {
  readonly who: { readonly recipientId: string } | { readonly e164: string };
  readonly purposes: readonly Purpose[];
  readonly change: ConsentEvent['change'];
  readonly saidAtMs: number;
  readonly untilMs?: number;
  readonly noticeVersion?: string;
  readonly evidence: {
    /** Where it was said: web-form, branch, call-centre … */
    readonly channel: string;
    /** The words that were agreed to, or that the person used. */
    readonly wording?: string | undefined;
    readonly noticeVersion?: string | undefined;
    /** Language of the notice. */
    readonly language?: string | undefined;
    /** Where the proof itself lies, e.g. the number of a scanned form. */
    readonly proof?: string | undefined;
  };
}

/** Throws `invalid` with every field that is wrong; never says what was in it. */
export function readStatement(input: unknown, nowMs: number): Statement {
  const read = statementSchema.safeParse(input);
  if (!read.success) throw invalid(...read.error.issues.flatMap(violationsOf));
  const { recipientId, phoneNumber: e164, purpose, change, saidAt, until, noticeVersion, ...evidence } = read.data;
  const saidAtMs = Date.parse(saidAt);
  const violations: Violation[] = [];
  const refuse = (field: string, reason: string): void => void violations.push({ field, reason });

  if ((recipientId === undefined) === (e164 === undefined)) refuse('recipientId', 'give it or phoneNumber: one of the two');
  if (saidAtMs > nowMs + AHEAD_MS) refuse('saidAt', 'lies in the future');
  if (change === 'start' && purpose === 'all') refuse('purpose', 'a yes is given to one purpose at a time');
  if (change === 'start' && evidence.wording === undefined) refuse('wording', 'a yes needs the words that were agreed to');
  if (change === 'start' && noticeVersion === undefined) refuse('noticeVersion', 'a yes needs the version of the notice that was shown');
  if (until !== undefined && change !== 'pause') refuse('until', 'only a pause has an end');
  if (until !== undefined && Date.parse(until) <= saidAtMs) refuse('until', 'must lie after saidAt');
  if (violations.length > 0) throw invalid(...violations);

  return {
    who: e164 === undefined ? { recipientId: recipientId ?? '' } : { e164 },
    purposes: purpose === 'all' ? PURPOSES : [purpose],
    change,
    saidAtMs,
    ...(until === undefined ? {} : { untilMs: Date.parse(until) }),
    ...(noticeVersion === undefined ? {} : { noticeVersion }),
    evidence: { ...evidence, ...(noticeVersion === undefined ? {} : { noticeVersion }) },
  };
}

const personSchema = z.strictObject({ recipientId: word.optional(), phoneNumber: phoneNumber.optional() });

/** Whom a request is about, by one of the two ways to say so. */
export type Person = Statement['who'];

/** Throws `invalid` like `readStatement`. */
export function readPerson(input: unknown): Person {
  const read = personSchema.safeParse(input);
  if (!read.success) throw invalid(...read.error.issues.flatMap(violationsOf));
  const { recipientId, phoneNumber: e164 } = read.data;
  if ((recipientId === undefined) === (e164 === undefined))
    throw invalid({ field: 'recipientId', reason: 'give it or phoneNumber: one of the two' });
  return e164 === undefined ? { recipientId: recipientId ?? '' } : { e164 };
}

/** Names of fields nobody knows are not repeated: people paste numbers anywhere. */
function violationsOf(issue: z.core.$ZodIssue): Violation[] {
  if (issue.code === 'unrecognized_keys') return [{ field: 'body', reason: `has ${issue.keys.length} unknown field(s)` }];
  const field = issue.path.length === 0 ? 'body' : issue.path.join('.');
  return [
    {
      field,
      reason: issue.code === 'invalid_type' ? (issue.input === undefined ? 'is missing' : `must be a ${issue.expected}`) : issue.message,
    },
  ];
}
