import { scrub } from '@daybreak/privacy';
import { z } from 'zod';

const REASON_LENGTH = 200;

/** Why somebody does something: for the audit log, the log and the next operator. Nothing personal in any of them. */
export const spoken = z.strictObject({
  reason: z
    .string()
    .trim()
    .min(1, 'is required: the next operator will want to know')
    .max(REASON_LENGTH)
    .refine((text) => scrub(text) === text, 'must hold no phone number, message id or token'),
});

export type Why = z.output<typeof spoken>;
