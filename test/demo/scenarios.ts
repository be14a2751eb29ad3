import { join } from 'node:path';
import { startStack, type Stack } from '@daybreak/local-stack';
import { Morning } from '../morning/morning.js';
import type { RunReport } from '../morning/report.js';
import { RUN_TIMES } from '../morning/run-plan.js';
import { readScenario, scenarioNames, type Scenario } from '../morning/scenario.js';
import { oneMorning } from './one-morning.js';
import { readScenariosOptions, type ScenariosOptions } from './options.js';
import { stopOnce } from './stop-once.js';
import { say, tellLine } from './terminal.js';

/** Real seconds from the launch of the services to 05:58:30: the stores are warm and the advisors few. */
const LEAD_S = 30;
/** Three times as long for staging as in the demo: a busy machine's slowness is none of the scenarios' troubles. */
const TIMES = { ...RUN_TIMES, FREEZE_AT: '05:58:00', STAGED_BY: '05:59:20' };
const SECOND_MS = 1_000;

interface Part {
  readonly scenario: Scenario;
  /** Its place: names the namespace. */
  readonly ordinal: number;
}

process.exitCode = await allScenarios(readScenariosOptions(process.env));

/** Every scenario on one set of stores, each in a namespace of its own with processes of its own, so that none sees what another left. */
async function allScenarios(options: ScenariosOptions): Promise<number> {
  const names = options.only.length > 0 ? options.only : await scenarioNames();
  const scenarios = await Promise.all(names.map((name) => readScenario(name)));
  say(`${scenarios.length} mornings for ${options.advisors} advisors at ${options.speed}× (seed ${options.seed})`);
  const startedMs = performance.now();
  const stack = await startStack();
  let current: Morning | undefined;
  let isOver = false;
  const stop = stopOnce(async () => {
    isOver = true;
    await current?.stop();
    await stack.stop();
  });
  const failed: string[] = [];
  try {
    for (const [ordinal, scenario] of scenarios.entries()) {
      if (isOver) break; // interrupted
      const agrees = await oneLine({ scenario, ordinal }, options, stack, (morning) => (current = morning));
      if (!agrees) failed.push(scenario.name);
    }
  } finally {
    await stop();
  }
  say(
    `${scenarios.length - failed.length} of ${scenarios.length} ended as their files say, in ${seconds(startedMs)} s; reports in ${options.outDir}`,
  );
  if (failed.length > 0) say(`not as expected: ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
}

async function oneLine(part: Part, options: ScenariosOptions, stack: Stack, onStart: (morning: Morning) => void): Promise<boolean> {
  const { name } = part.scenario;
  const startedMs = performance.now();
  try {
    const { report, complaints } = await runScenario(part, options, stack, onStart);
    tellLine(name, seconds(startedMs), report);
    for (const complaint of complaints) say(`    ${complaint}`);
    return complaints.length === 0;
  } catch (error) {
    tellLine(name, seconds(startedMs), error instanceof Error ? error : new Error(String(error)));
    return false;
  }
}

async function runScenario(
  { scenario, ordinal }: Part,
  { advisors, speed, seed, leadSeconds, outDir }: ScenariosOptions,
  stack: Stack,
  onStart: (morning: Morning) => void,
): Promise<{ report: RunReport; complaints: readonly string[] }> {
  const morning = await Morning.start({
    advisors,
    speed,
    seed,
    stack,
    times: TIMES,
    scenario: scenario.file,
    packCategory: scenario.packCategory,
    outDir: join(outDir, scenario.name),
    namespace: `morning-${ordinal}`,
    leadSeconds: leadSeconds ?? LEAD_S,
    say: () => undefined,
  });
  onStart(morning);
  try {
    const { report, broken, differences, unexpected } = await oneMorning(morning, scenario, () => undefined);
    return { report, complaints: [...broken, ...differences.map((line) => `the witness disagrees: ${line}`), ...unexpected] };
  } finally {
    await morning.stop();
  }
}

function seconds(sinceMs: number): number {
  return Math.round((performance.now() - sinceMs) / SECOND_MS);
}
