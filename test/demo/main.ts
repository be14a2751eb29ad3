import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Morning } from '../morning/morning.js';
import type { RunReport } from '../morning/report.js';
import { instantMs, TIME_ZONE } from '../morning/run-plan.js';
import { readOptions, type DemoOptions } from './options.js';
import { Progress } from './progress.js';
import { say, tellReport } from './terminal.js';

const LOOK_EVERY_MS = 250;
const A_DAY_MS = 86_400_000;
/** Virtual time after the seal in which the report must be there. */
const SEAL_PATIENCE_MS = 120_000;

process.exitCode = await demo(readOptions(process.env));

async function demo(options: DemoOptions): Promise<number> {
  say(`one morning for ${options.advisors} advisors at ${options.speed}× (seed ${options.seed}, scenario ${options.scenario})`);
  const morning = await Morning.start({ ...options, namespace: '', say });
  const stop = stopOnce(morning);
  try {
    say(`everything is up; watch it at ${morning.pageUrl}`);
    await morning.publishInputs();
    await morning.write(morning.phonesOf('opted-out'), 'STOP');
    await morning.ready();
    say(`${options.advisors} advisors and their packs are known; ${morning.phonesOf('opted-out').length} of them wrote STOP`);

    const report = await watch(morning);
    const { figures, broken, differences } = await morning.witness(report);
    const agrees = broken.length === 0 && differences.length === 0;
    const complete: RunReport = {
      ...report,
      seed: options.seed,
      speed: options.speed,
      witness: { accepted: figures.accepted, duplicates: figures.duplicates.length, agrees },
    };
    const reportFile = join(options.outDir, 'report.json');
    await writeFile(reportFile, `${JSON.stringify(complete, null, 2)}\n`);
    tellReport(complete, {
      broken,
      differences,
      files: { report: reportFile, ledger: morning.ledgerFile, logs: join(options.outDir, 'logs') },
    });

    if (options.keep) {
      say(`kept running: ${morning.pageUrl} (Ctrl-C ends it)`);
      await new Promise(() => setInterval(() => undefined, A_DAY_MS)); // until a signal; a bare promise keeps nothing alive
    }
    return agrees ? 0 : 1;
  } finally {
    await stop();
  }
}

/** Shows the run as it goes; resolves with the report once the live figure is sealed. */
async function watch(morning: Morning): Promise<RunReport> {
  const progress = new Progress(morning.clock, TIME_ZONE);
  const sealedAtMs = instantMs('LIVE_SEAL_AT');
  let stopsWritten = false;
  for (;;) {
    const run = await morning.run();
    progress.show(run);
    if (run?.sealed) {
      progress.done();
      return run;
    }
    const nowMs = morning.clock.nowMs();
    if (!stopsWritten && nowMs >= instantMs('WINDOW_OPENS')) {
      stopsWritten = true;
      await morning.write(morning.phonesOf('stops-in-window'), 'STOP');
    }
    if (nowMs > sealedAtMs + SEAL_PATIENCE_MS) throw new Error(`the run was not sealed; see the logs in ${morning.options.outDir}/logs`);
    await sleep(LOOK_EVERY_MS);
  }
}

/** Everything is stopped once, whether the demo ends, fails or is interrupted. */
function stopOnce(morning: Morning): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= morning.stop());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void stop().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
    });
  }
  return stop;
}
