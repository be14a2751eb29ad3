import { join } from 'node:path';
import { CannotBegin, Morning } from '../morning/morning.js';
import { TIME_ZONE } from '../morning/run-plan.js';
import { readScenario } from '../morning/scenario.js';
import { oneMorning } from './one-morning.js';
import { keepForOperators } from './operator-file.js';
import { readOptions, type DemoOptions } from './options.js';
import { Progress } from './progress.js';
import { stopOnce } from './stop-once.js';
import { say, tellReport } from './terminal.js';

const A_DAY_MS = 86_400_000;

process.exitCode = await demo(readOptions(process.env));

async function demo(options: DemoOptions): Promise<number> {
  const scenario = await readScenario(options.scenario);
  say(`one morning for ${options.advisors} advisors at ${options.speed}× (seed ${options.seed}, scenario ${scenario.name})`);
  const morning = await Morning.start({ ...options, scenario: scenario.file, packCategory: scenario.packCategory, namespace: '', say });
  const stop = stopOnce(() => morning.stop());
  try {
    say(`everything is up; watch it at ${morning.pageUrl}`);
    const operatorFile = await keepForOperators(morning);
    say(`to operate it: . ${operatorFile}; then npx daybreak shards list, npx daybreak runs list`);
    const progress = new Progress(morning.clock, TIME_ZONE);
    const result = await oneMorning(morning, scenario, (run) => progress.show(run));
    progress.done();
    tellReport(result.report, {
      ...result,
      files: { report: result.reportFile, ledger: morning.ledgerFile, logs: join(options.outDir, 'logs') },
    });

    if (options.keep) {
      say(`kept running: ${morning.pageUrl}; to operate it: . ${operatorFile} (Ctrl-C ends it)`);
      await new Promise(() => setInterval(() => undefined, A_DAY_MS)); // until a signal; a bare promise keeps nothing alive
    }
    return result.report.witness?.agrees === true ? 0 : 1;
  } catch (error) {
    if (!(error instanceof CannotBegin)) throw error;
    say(error.message);
    return 1;
  } finally {
    await stop();
  }
}
