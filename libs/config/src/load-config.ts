import type { z } from 'zod';
import type { ConfigProblem } from './config-problem.js';
import { crossChecks } from './cross-checks.js';

/** Every variable that is missing or wrong, at once. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly ConfigProblem[]) {
    super(problems.map(({ name, reason }) => `${name}: ${reason}`).join('\n'));
    this.name = 'ConfigError';
  }
}

/**
 * Parses the environment by a service's schema. An empty variable counts as absent, as Helm and Compose render
 * unset values. Throws one ConfigError that names all bad variables.
 */
export function loadConfig<S extends z.ZodObject>(schema: S, env: NodeJS.ProcessEnv = process.env): z.output<S> {
  const given = Object.fromEntries(
    Object.keys(schema.shape)
      .map((name) => [name, env[name]] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(given);
  const problems = [
    ...(parsed.error?.issues ?? []).map((issue) => ({
      name: String(issue.path[0] ?? 'configuration'),
      // A rule over several variables may blame one that has its default.
      reason: String(issue.path[0]) in given || issue.path.length === 0 || issue.code === 'custom' ? issue.message : 'is required',
    })),
    ...crossChecks(schema.shape, given),
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return parsed.data;
}

/** `loadConfig`, or every problem on stderr and exit code 1: a service with a wrong configuration never half-starts. */
export function bootConfig<S extends z.ZodObject>(schema: S): z.output<S> {
  try {
    return loadConfig(schema);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`The configuration is wrong:\n${error.problems.map((p) => `  ${p.name}: ${p.reason}`).join('\n')}\n`);
    process.exit(1);
  }
}
