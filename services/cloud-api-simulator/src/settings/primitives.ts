import { z } from 'zod';

/** 0 to 1. */
export const share = z.number().min(0).max(1);
/** A duration that is drawn each time, milliseconds. */
export const lag = (medianMs: number, p95Ms: number, maxMs: number) =>
  z.strictObject({ medianMs: z.number().min(0), p95Ms: z.number().min(0), maxMs: z.number().min(0) }).default({ medianMs, p95Ms, maxMs });
/** A Graph id. */
export const id = z.string().regex(/^\d{5,18}$/, 'must be 5 to 18 digits, in quotes');
export const e164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be E.164 with a leading plus, in quotes');
/** An instant: `06:01:00` on the simulated morning (local time zone of the settings), or ISO 8601 with an offset. */
export const instant = z
  .string()
  .regex(/^(\d{2}:\d{2}(:\d{2})?|\d{4}-\d{2}-\d{2}T.+(Z|[+-]\d{2}:?\d{2}))$/, 'must be HH:mm[:ss] or ISO 8601 with an offset');

/** How Meta holds messages back while it judges a template or a portfolio. */
export const pacing = z.strictObject({
  /** Messages that go out before the rest is held. */
  allowance: z.number().int().min(0),
  /** From the first held message to the verdict. */
  verdictAfterMs: z.number().min(0).default(1_200_000),
  verdict: z.enum(['release', 'drop']).default('release'),
});

export type PacingSettings = z.output<typeof pacing>;
