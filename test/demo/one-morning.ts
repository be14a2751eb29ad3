import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Chronicle } from '../morning/chronicle.js';
import type { Incident } from '../morning/incident.js';
import type { Morning } from '../morning/morning.js';
import type { RunReport } from '../morning/report.js';
import type { Scenario } from '../morning/scenario.js';
import { unexpected } from '../witness/expectation.js';

const LOOK_EVERY_MS = 250;
/** Virtual time after the seal in which the report must be there. */
const SEAL_PATIENCE_MS = 120_000;
/** Real time in which what was published before the seal is also read. */
const LAST_WORDS_MS = 500;

export interface MorningResult {
  readonly report: RunReport;
  readonly reportFile: string;
  readonly broken: readonly string[];
  readonly differences: readonly string[];
  /** What the scenario did not lead to expect. */
  readonly unexpected: readonly string[];
}

/** Lets one morning happen under its scenario and judges it; `look` is told of the run every quarter of a second. */
export async function oneMorning(morning: Morning, scenario: Scenario, look: (run: RunReport | undefined) => void): Promise<MorningResult> {
  const { stack, options } = morning;
  const chronicle = new Chronicle(stack.kafkaBrokers, options.namespace);
  await chronicle.start();
  try {
    await morning.publishInputs();
    await morning.write(morning.phonesOf('opted-out'), 'STOP');
    await morning.ready();
    const readyAtMs = morning.clock.nowMs();
    options.say(`${options.advisors} advisors and their packs are known; ${morning.phonesOf('opted-out').length} of them wrote STOP`);
    const report = await watch(morning, look);
    await sleep(LAST_WORDS_MS);
    return await judge(morning, scenario, report, { chronicle, readyAtMs });
  } finally {
    await chronicle.stop();
  }
}

/** Resolves with the report once the live figure is sealed. */
async function watch(morning: Morning, look: (run: RunReport | undefined) => void): Promise<RunReport> {
  let stopsWritten = false;
  for (;;) {
    const run = await morning.run();
    look(run);
    if (run?.sealed) return run;
    const nowMs = morning.clock.nowMs();
    if (!stopsWritten && nowMs >= morning.instantMs('WINDOW_OPENS')) {
      stopsWritten = true;
      await morning.write(morning.phonesOf('stops-in-window'), 'STOP');
    }
    if (nowMs > morning.instantMs('LIVE_SEAL_AT') + SEAL_PATIENCE_MS) {
      throw new Error(`the run was not sealed; see the logs in ${morning.options.outDir}/logs`);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

async function judge(
  morning: Morning,
  scenario: Scenario,
  report: RunReport,
  { chronicle, readyAtMs }: { readonly chronicle: Chronicle; readonly readyAtMs: number },
): Promise<MorningResult> {
  const { figures, broken, differences, audience } = await morning.witness(report, scenario.expect.accepted[0]);
  const { incidents } = chronicle;
  const alerts = chronicle.alertNames();
  const lateAlerts = chronicle.alertNames(readyAtMs);
  const strange = unexpected(
    scenario.expect,
    figures,
    {
      verdict: report.verdict,
      gate: report.readiness?.verdict,
      missesByDetail: report.missesByDetail,
      unresolved: report.unresolved,
      lost: report.lost,
      endedWithout: endedWithout(report),
      story: incidents.map(({ kind, what }) => `${kind}: ${what}`),
      alerts,
      earlyAlerts: alerts.filter((name) => !lateAlerts.includes(name)),
    },
    audience,
  );
  const agrees = broken.length === 0 && differences.length === 0;
  const complete: RunReport = {
    ...report,
    seed: morning.options.seed,
    speed: morning.options.speed,
    scenario: { name: scenario.name, about: scenario.about },
    incidents: incidents.map(toPublished),
    witness: { accepted: figures.accepted, duplicates: figures.duplicates.length, agrees, unexpected: strange },
  };
  await mustFitSchema(complete);
  const reportFile = join(morning.options.outDir, 'report.json');
  await writeFile(reportFile, `${JSON.stringify(complete, null, 2)}\n`);
  return { report: complete, reportFile, broken, differences, unexpected: strange };
}

/** Deliveries that ended without a message, and recipients whom the plan left out for want of something. */
const endedWithout = ({ failed, expired, suppressed, exclusions }: RunReport): number =>
  failed + expired + suppressed + exclusions.filter(({ reason }) => !NO_TO_US.includes(reason)).reduce((sum, e) => sum + e.recipients, 0);

/** Exclusions that are the recipient's own will. */
const NO_TO_US: readonly string[] = ['no-consent', 'opted-out', 'paused'];

const toPublished = ({ atMs, kind, what }: Incident) => ({ at: new Date(atMs).toISOString(), kind, what });

async function mustFitSchema(report: RunReport): Promise<void> {
  const validate = new Ajv2020({ formats: { date: true, 'date-time': true } }).compile(
    JSON.parse(await readFile('docs/report.schema.json', 'utf8')) as object,
  );
  if (!validate(report)) throw new Error(`the report is not what docs/report.schema.json says: ${JSON.stringify(validate.errors)}`);
}
