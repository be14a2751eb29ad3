import { CLOCK } from '@daybreak/config';
import { Alarm, type Clock } from '@daybreak/kernel';
import { LOGGER, type Logger } from '@daybreak/observability';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { AwaitInputs } from '../intake/await-inputs.js';
import { RunRepository } from '../store/run.repository.js';
import { AdvanceRun } from './advance-run.js';
import { AnnounceRuns } from './announce-runs.js';
import { gateIsDue, nextInstant, nextStep } from './next-step.js';
import type { Run, ShardReport } from './run.js';
import { showRuns } from './show-runs.js';

const TICK_MS = 1_000; // real time: how late a replica notices what nobody told it
const ASK_AGAIN_MS = 100; // real time, while a freeze or a gate waits for its inputs
const SHOWN_AFTER_CLOSING_MS = 24 * 3_600_000;

/**
 * The heartbeat of a replica. Every replica ticks every second, and at the very instant when time alone moves a run; the row's lock
 * decides which of them acts. A nudge only makes a tick come sooner: nothing is lost when it is lost.
 */
@Injectable()
export class DriveRuns implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private stopping = false;
  private readonly rest = new Alarm();
  private beating: Promise<void> = Promise.resolve();

  constructor(
    private readonly announceRuns: AnnounceRuns,
    private readonly advanceRun: AdvanceRun,
    private readonly inputs: AwaitInputs,
    private readonly runs: RunRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.beating = this.beat();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.rest.ring();
    await this.beating;
  }

  /** Something arrived that may move a run. */
  nudge(): void {
    this.rest.ring();
  }

  /** Takes every step that is due. Returns how long nothing will be due by time alone, real ms. */
  async tick(): Promise<number> {
    await this.announceRuns.announce();
    const nowMs = this.clock.nowMs();
    const reports = await this.runs.reports();
    const runs: Run[] = [];
    for (const run of await this.runs.current(nowMs - SHOWN_AFTER_CLOSING_MS)) runs.push(await this.moveOn(run, reports));
    showRuns(runs, this.clock.nowMs());
    if (runs.some((run) => nextStep(run, nowMs, reports) === 'freeze' || gateIsDue(run, nowMs))) return ASK_AGAIN_MS;
    const instants = runs.map((run) => nextInstant(run, nowMs)).filter((instant) => instant !== undefined);
    return this.clock.realMsUntil(Math.min(...instants));
  }

  /** The run after all steps that could be taken now. */
  private async moveOn(run: Run, reports: readonly ShardReport[]): Promise<Run> {
    let latest = run;
    for (;;) {
      const nowMs = this.clock.nowMs();
      const step = nextStep(latest, nowMs, reports);
      if (step === undefined && !gateIsDue(latest, nowMs)) return latest;
      if (latest.state === 'OPEN' && step !== 'miss' && !(await this.inputs.areIn(`${run.runId}/${step ?? 'gate'}`))) return latest;
      const moved = await this.advanceRun.advance(run.runId, step);
      if (moved === undefined) return latest; // another replica is at it
      const news = step === undefined ? `judged ${moved.readiness?.verdict}` : moved.state;
      this.logger.info({ run: moved.runId, planned: moved.planned, reasons: moved.readiness?.reasons }, `run ${moved.runId} is ${news}`);
      latest = moved;
    }
  }

  private async beat(): Promise<void> {
    while (!this.stopping) {
      this.rest.reset();
      const quietMs = await this.tick().catch((error: unknown) => {
        this.logger.error({ err: error }, 'a tick failed; the next one tries again');
        return TICK_MS;
      });
      if (!this.stopping) await this.rest.wait(Math.min(quietMs, TICK_MS));
    }
  }
}
