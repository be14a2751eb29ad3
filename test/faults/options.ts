import { z } from 'zod';

const count = (least: number) => z.coerce.number().int().min(least);

/** Variables of `make faults`. */
const variables = z.object({
  /** `F1` or `F1,F3`; absent: all of them. */
  ONLY: z
    .string()
    .transform((text) => text.split(',').map((id) => id.trim().toUpperCase()))
    .optional(),
  SEED: count(0).default(1),
  /** Instead of each scenario's own number. */
  ADVISORS: count(100).optional(),
  /** How many composed mornings follow, or make up, the run: seeds SEED, SEED + 1, … */
  RANDOM: count(0).optional(),
  LEAD_S: z.coerce.number().positive().optional(),
});

export interface FaultOptions {
  readonly only: readonly string[] | undefined;
  readonly seed: number;
  readonly advisors: number | undefined;
  readonly random: number | undefined;
  readonly leadSeconds: number | undefined;
}

/** Throws with the names of the variables that are wrong. */
export function readOptions(env: NodeJS.ProcessEnv): FaultOptions {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = variables.safeParse(given);
  if (!parsed.success) throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'));
  const { ONLY, SEED, ADVISORS, RANDOM, LEAD_S } = parsed.data;
  return { only: ONLY, seed: SEED, advisors: ADVISORS, random: RANDOM, leadSeconds: LEAD_S };
}
