import { newLocalToken } from '@daybreak/access';
import { timestampFromMs, type Timestamp } from '@bufbuild/protobuf/wkt';
import { RunState, type DeliveryPlanned, type RunChanged } from '@daybreak/contracts';
import { aDeliveryPlanned, aRunChanged, MORNING, startInTest, testStack, type InTest, type TestStack } from '@daybreak/testing';
import type { RunReport } from '../src/run/run-report.js';
import { slaTrackerConfig } from '../src/sla-tracker.config.js';
import { SlaTrackerModule } from '../src/sla-tracker.module.js';

export interface SlaTrackerWorld {
  readonly stack: TestStack;
  readonly tracker: InTest;
  /** As somebody who may read. */
  ask(path: string): Promise<Response>;
  get<T>(path: string): Promise<T>;
  /** The figure of a run; undefined while nobody knows the run. */
  report(runId: string, figure?: string): Promise<RunReport | undefined>;
  stop(): Promise<void>;
}

/** The run's clock stands (nearly) still at half past six: the deadline has passed, nothing is sealed by itself. */
const CLOCK = (): string => `2026-11-22T06:30:00+05:30@0.001x@${Date.now()}`;

const viewer = newLocalToken('reader', ['viewer']);

/** The real sla-tracker on real stores. */
export async function startSlaTracker(): Promise<SlaTrackerWorld> {
  const stack = await testStack({ services: ['sla-tracker'] });
  const env = stack.env('sla-tracker', { DAYBREAK_CLOCK: CLOCK(), SEAL_PATIENCE_MS: '1000', ACCESS_TOKENS: viewer.entry });
  const tracker = await startInTest(SlaTrackerModule, slaTrackerConfig, env, { group: 'sla-tracker' });
  const ask = (path: string): Promise<Response> => fetch(`${tracker.url}${path}`, { headers: { authorization: `Bearer ${viewer.token}` } });
  return {
    stack,
    tracker,
    ask,
    get: async <T>(path: string) => (await ask(path)).json() as Promise<T>,
    report: async (runId, figure) => {
      const response = await ask(`/runs/${runId}${figure === undefined ? '' : `?figure=${figure}`}`);
      return response.ok ? ((await response.json()) as RunReport) : undefined;
    },
    stop: async () => {
      await tracker.stop();
      await stack.stop();
    },
  };
}

/** Before the clock of these tests nothing is due. */
const TOMORROW_MS = MORNING.opensMs + 86_400_000;

export interface Morning {
  readonly runId: string;
  readonly planned: DeliveryPlanned[];
  /** What the scheduler says of the run, sealed when told so. */
  changed(version: number, seal?: { readonly live?: boolean; readonly final?: boolean }): RunChanged;
}

/** A run with so many deliveries, due one second after the other. */
export function aMorning(window: string, advisors: number): Morning {
  const runId = `main-20261122-${window}`;
  const planned = Array.from({ length: advisors }, (_, i) =>
    aDeliveryPlanned({ runId, recipientId: `adv-${window}-${i}`, dueAt: timestampFromMs(MORNING.opensMs + i * 1_000) }),
  );
  const changed: Morning['changed'] = (version, seal = {}) => {
    const count = BigInt(advisors);
    const run = aRunChanged({ runId, version: BigInt(version), state: RunState.RUNNING, eligible: count, planned: count });
    const sealAt = (due: boolean | undefined): Timestamp => timestampFromMs(due ? MORNING.deadlineMs : TOMORROW_MS);
    Object.assign(run.window ?? {}, { liveSealAt: sealAt(seal.live), finalSealAt: sealAt(seal.final) });
    return run;
  };
  return { runId, planned, changed };
}
