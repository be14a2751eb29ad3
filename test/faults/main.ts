import { join, resolve } from 'node:path';
import { startStack, type Stack } from '@daybreak/local-stack';
import { say } from '../demo/terminal.js';
import { composedOf } from './composer.js';
import { loadScenarios } from './load-scenarios.js';
import { readOptions, type FaultOptions } from './options.js';
import { tableOf, writeResults } from './results.js';
import { runScenario, type Outcome } from './run-scenario.js';
import type { Scenario } from './scenario.js';

const OUT_DIR = resolve('.daybreak', 'faults');

// Not only the exit code: what a fault left behind (a timer, a socket that nobody ends) must not keep whoever waits for the answer.
process.exit(await faults(readOptions(process.env)));

/** Every scenario, one after the other. The exit code is that of a test: 0 when none failed. */
async function faults(options: FaultOptions): Promise<number> {
  const chosen = choose(await loadScenarios(), options);
  const { advisors, leadSeconds } = options;
  let shared: Promise<Stack> | undefined;
  const stack = (): Promise<Stack> => (shared ??= startStack());
  const outcomes: Outcome[] = [];
  try {
    for (const { scenario, seed } of chosen) {
      say(`${scenario.id} ${scenario.title} (seed ${seed})`);
      const outDir = join(OUT_DIR, scenario.id.toLowerCase());
      outcomes.push(await runScenario(scenario, { seed, advisors, leadSeconds, outDir, stack, say: (line) => say(`  ${line}`) }));
      say(`${scenario.id} ${outcomes.at(-1)?.verdict}`);
    }
  } finally {
    await (await shared)?.stop();
  }
  const file = await writeResults(outcomes, OUT_DIR);
  const number = (verdict: Outcome['verdict']): number => outcomes.filter((outcome) => outcome.verdict === verdict).length;
  process.stdout.write(
    `\n${tableOf(outcomes)}\n\n${number('passed')} passed, ${number('failed')} failed, ${number('skipped')} skipped (${file})\n`,
  );
  return number('failed') === 0 && outcomes.length > 0 ? 0 : 1;
}

interface Chosen {
  readonly scenario: Scenario;
  readonly seed: number;
}

/** The named scenarios, or all of them and one composed morning; or composed mornings alone, each with a seed of its own. */
function choose(all: readonly Scenario[], { only, random, seed }: FaultOptions): readonly Chosen[] {
  const composed = Array.from({ length: random ?? (only === undefined ? 1 : 0) }, (_, i) => ({
    scenario: composedOf(seed + i),
    seed: seed + i,
  }));
  if (only === undefined) return random === undefined ? [...all.map((scenario) => ({ scenario, seed })), ...composed] : composed;
  const matches = (id: string, wanted: string): boolean => id === wanted || id.startsWith(`${wanted}-`); // F22 is all of F22-…
  const unknown = only.filter((wanted) => !all.some(({ id }) => matches(id, wanted)));
  if (unknown.length > 0) throw new Error(`no such scenario: ${unknown.join(', ')}; there are ${all.map(({ id }) => id).join(', ')}`);
  return [...all.filter(({ id }) => only.some((wanted) => matches(id, wanted))).map((scenario) => ({ scenario, seed })), ...composed];
}
