import { z } from 'zod';

/** What `make demo` can be told: `make demo ADVISORS=20000 SPEED=1 SEED=7 KEEP=1`. */
const schema = z.object({
  ADVISORS: z.coerce.number().int().min(20).max(200_000).default(850),
  SPEED: z.coerce.number().min(0.1).max(10).default(10),
  SEED: z.coerce.number().int().min(0).default(1),
  KEEP: z.stringbool().default(false),
  SCENARIO: z.string().min(1).default('calm'),
  OUT: z.string().default('.daybreak/demo'),
  /** Real seconds between the start of the services and 05:58:30; empty: enough for this many advisors. */
  LEAD_S: z.coerce.number().min(1).optional(),
});

export interface DemoOptions {
  readonly advisors: number;
  readonly speed: number;
  readonly seed: number;
  readonly keep: boolean;
  readonly scenario: string;
  readonly outDir: string;
  readonly leadSeconds: number | undefined;
}

/** What `make scenarios` can be told: `make scenarios ONLY=pacing,low-limit ADVISORS=300 SPEED=5`. */
const scenariosSchema = schema.omit({ KEEP: true, SCENARIO: true }).extend({
  ADVISORS: schema.shape.ADVISORS.default(300),
  OUT: schema.shape.OUT.default('.daybreak/scenarios'),
  ONLY: z
    .string()
    .default('')
    .transform((names) => names.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]))),
});

export interface ScenariosOptions extends Omit<DemoOptions, 'keep' | 'scenario'> {
  /** Names of scenarios; none: all of them. */
  readonly only: readonly string[];
}

/** Throws an error that names every option that is wrong and why. */
export function readOptions(env: NodeJS.ProcessEnv): DemoOptions {
  const o = parsed(schema, env);
  return { advisors: o.ADVISORS, speed: o.SPEED, seed: o.SEED, keep: o.KEEP, scenario: o.SCENARIO, outDir: o.OUT, leadSeconds: o.LEAD_S };
}

export function readScenariosOptions(env: NodeJS.ProcessEnv): ScenariosOptions {
  const o = parsed(scenariosSchema, env);
  return { advisors: o.ADVISORS, speed: o.SPEED, seed: o.SEED, only: o.ONLY, outDir: o.OUT, leadSeconds: o.LEAD_S };
}

function parsed<T extends z.ZodObject>(schema: T, env: NodeJS.ProcessEnv): z.output<T> {
  const given = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, env[name] === '' ? undefined : env[name]]));
  const result = schema.safeParse(given);
  if (!result.success) throw new Error(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  return result.data;
}
