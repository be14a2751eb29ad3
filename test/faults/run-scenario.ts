import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf, seededRandom } from '@daybreak/kernel';
import type { Stack } from '@daybreak/local-stack';
import { Morning } from '../morning/morning.js';
import type { RunReport } from '../morning/report.js';
import { RUN_ID } from '../morning/run-plan.js';
import { figuresOf } from '../witness/figures.js';
import { FaultContext, type Bite } from './context.js';
import { INVARIANTS, sentOnTime, type DeliveryRow, type Evidence } from './invariants.js';
import { openWorld, type World } from './world.js';
import { FULL_MARKS, LARGE_MORNING, SHORT_MORNING, type Invariant, type MorningPlan, type Scenario } from './scenario.js';
import { transitionsOf, witnessTransitions } from './transitions.js';

export interface RunOptions {
  readonly seed: number;
  /** Instead of the scenario's own number. */
  readonly advisors?: number | undefined;
  /** Real seconds from the launch to 05:58:30. */
  readonly leadSeconds?: number | undefined;
  /** Folder of this scenario's ledger and logs; emptied first. */
  readonly outDir: string;
  /** Used unless the scenario damages stores. */
  readonly stack: () => Promise<Stack>;
  readonly say: (line: string) => void;
}

/** What became of one scenario. */
export interface Outcome {
  readonly id: string;
  readonly title: string;
  readonly seed: number;
  readonly advisors: number;
  readonly speed: number;
  readonly verdict: 'passed' | 'failed' | 'skipped';
  readonly bites: readonly Bite[];
  /** Per invariant that was checked, what it found broken. */
  readonly broken: Readonly<Partial<Record<Invariant, readonly string[]>>>;
  /** Why it failed, beside invariants; or why it was skipped. */
  readonly reasons: readonly string[];
  readonly sentOnTime: { readonly count: number; readonly of: number } | undefined;
  readonly posts: number;
  readonly ambiguous: number;
  readonly notes: readonly string[];
  readonly tookS: number;
}

/** Real time after the seal's instant in which the report must be sealed, also after a store was away. */
const SEAL_PATIENCE_MS = 45_000;
const LOOK_EVERY_MS = 250;

/** One morning with its fault, and everything that must be true of it afterwards. Never throws: what went wrong is the outcome. */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<Outcome> {
  const startedMs = performance.now();
  const plan: MorningPlan = {
    ...SHORT_MORNING,
    ...scenario.morning,
    ...((options.advisors ?? 0) < LARGE_MORNING.from ? {} : LARGE_MORNING.over),
    ...(options.advisors === undefined ? {} : { advisors: options.advisors }),
  };
  const base = {
    id: scenario.id,
    title: scenario.title,
    seed: options.seed,
    advisors: plan.advisors,
    speed: plan.speed,
    bites: [],
    broken: {},
    sentOnTime: undefined,
    posts: 0,
    ambiguous: 0,
    notes: [],
  };
  const tookS = (): number => Math.round((performance.now() - startedMs) / 1_000);
  const cannot = scenario.cannotRun?.();
  if (cannot !== undefined) return { ...base, verdict: 'skipped', reasons: [cannot], tookS: tookS() };
  let morning: Morning | undefined;
  let context: FaultContext | undefined;
  let world: World | undefined;
  try {
    world = await openWorld(scenario, options.stack, seededRandom(`${scenario.id}/${options.seed}/world`));
    morning = await startMorning(scenario, plan, options, world);
    context = new FaultContext(morning, seededRandom(`${scenario.id}/${options.seed}`), options.say, world);
    await witnessTransitions(context);
    await Promise.all([scenario.run(context), writeStops(morning)]);
    const report = await sealed(morning);
    const found = await judge(scenario, context, report);
    return { ...base, ...found, bites: context.bites, notes: context.notes, tookS: tookS() };
  } catch (error) {
    const reason = reasonOf(error);
    return { ...base, verdict: 'failed', bites: context?.bites ?? [], notes: context?.notes ?? [], reasons: [reason], tookS: tookS() };
  } finally {
    await context?.close();
    await morning?.stop();
    await world?.close();
  }
}

async function startMorning(scenario: Scenario, plan: MorningPlan, options: RunOptions, { stack, network }: World): Promise<Morning> {
  const { advisors, speed, scenario: platform, times, env, replicas } = plan;
  const morning = await Morning.start({
    advisors,
    speed,
    seed: options.seed,
    scenario: platform,
    times,
    env: { ...network?.options.env, ...env },
    detour: network?.options.detour,
    replicas,
    outDir: options.outDir,
    namespace: scenario.id.toLowerCase(),
    leadSeconds: options.leadSeconds,
    stack,
    say: options.say,
  });
  try {
    await morning.publishInputs();
    await morning.write(morning.phonesOf('opted-out'), 'STOP');
    await morning.ready();
    return morning;
  } catch (error) {
    await morning.stop();
    throw error;
  }
}

/** Some write STOP when the window opens, in every scenario. */
async function writeStops(morning: Morning): Promise<void> {
  await morning.clock.sleepUntil(morning.instantMs('WINDOW_OPENS'));
  await morning.write(morning.phonesOf('stops-in-window'), 'STOP');
}

async function sealed(morning: Morning): Promise<RunReport> {
  const patienceMs = morning.clock.realMsUntil(morning.instantMs('LIVE_SEAL_AT')) + SEAL_PATIENCE_MS;
  const giveUpAtMs = performance.now() + patienceMs;
  for (;;) {
    const report = await morning.run().catch(() => undefined); // it may be on its way back from a fault
    if (report?.sealed === true) return report;
    if (performance.now() > giveUpAtMs) throw new Error(`the run was not sealed; see ${join(morning.options.outDir, 'logs')}`);
    await sleep(LOOK_EVERY_MS);
  }
}

async function judge(
  scenario: Scenario,
  context: FaultContext,
  report: RunReport,
): Promise<Pick<Outcome, 'verdict' | 'broken' | 'reasons' | 'sentOnTime' | 'posts' | 'ambiguous'>> {
  const { morning, stopped } = context;
  const expect = { ...FULL_MARKS, ...scenario.expect };
  const judgement = {
    runId: RUN_ID,
    freezesAtMs: context.frozenAtMs ?? morning.instantMs('FREEZE_AT'),
    opensAtMs: morning.instantMs('WINDOW_OPENS'),
    closesAtMs: morning.instantMs('WINDOW_CLOSES'),
    deadlineAtMs: morning.instantMs('SLA_DEADLINE'),
    sealedAtMs: morning.instantMs('LIVE_SEAL_AT'),
  };
  const mustGet = morning.phonesOf('ordinary', 'without-pack', 'unreachable').filter((phone) => !stopped.has(phone));
  const unreachable = new Set(morning.phonesOf('unreachable'));
  const transitions = await transitionsOf(context);
  const evidence: Evidence = {
    lines: await context.ledger(),
    rows: await context.sql<DeliveryRow>('sender', `select delivery_id, state::text as state, reason from delivery where run_id = $1`, [
      RUN_ID,
    ]),
    report,
    judgement,
    expect,
    people: {
      mustGet,
      mustNotGet: morning.phonesOf('opted-out', 'never-opted-in'),
      stopped: [...morning.phonesOf('stops-in-window'), ...stopped],
    },
    connectionsLost: context.connectionsLost,
    transitions,
  };
  const broken = Object.fromEntries(scenario.invariants.map((id) => [id, INVARIANTS[id](evidence)]));
  const onTime = sentOnTime(
    evidence,
    mustGet.filter((phone) => !unreachable.has(phone)),
  );
  const reasons = [
    ...(context.bites.length === 0 ? ['it never proved that its fault struck'] : []),
    ...context.bites.filter((bite) => !bite.really).map((bite) => `the fault did not bite: ${bite.what}`),
    ...(onTime.count < expect.onTime * onTime.of
      ? [`${onTime.count} of ${onTime.of} sent on time, ${expect.onTime} of them are demanded`]
      : []),
  ];
  reasons.push(...context.failures);
  const failed = reasons.length > 0 || Object.values(broken).some((found) => found.length > 0);
  return {
    verdict: failed ? 'failed' : 'passed',
    broken,
    reasons,
    sentOnTime: onTime,
    posts: figuresOf(evidence.lines, judgement).posts,
    ambiguous: transitions.filter(({ state }) => state === 'AMBIGUOUS').length,
  };
}
