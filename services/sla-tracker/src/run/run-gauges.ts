import { CLOCK } from '@daybreak/config';
import type { Clock } from '@daybreak/kernel';
import { LOGGER, metrics, type Logger } from '@daybreak/observability';
import { Repeating } from '@daybreak/service-host';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { RunRepository } from '../store/run.repository.js';
import { LiveRuns } from './live-runs.js';
import { RUN_STATES, type Run } from './run.js';
import type { RunView } from './run-view.js';

const REFRESH_MS = 2_000; // scraped every 5 s

/** What Prometheus sees of the runs that are not sealed for good: from the rows, so that a restart changes nothing. */
@Injectable()
export class RunGauges implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly repeating: Repeating;

  constructor(
    private readonly runs: RunRepository,
    private readonly live: LiveRuns,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.repeating = new Repeating('run gauges', REFRESH_MS, () => this.refresh(), logger);
  }

  onApplicationBootstrap(): void {
    this.repeating.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.repeating.stop();
  }

  async refresh(): Promise<void> {
    const runs = await this.runs.unsealed();
    const views = await Promise.all(runs.map(async (run) => ({ run, view: await this.live.view(run.runId) })));
    for (const gauge of [
      metrics.runRecipients,
      metrics.runWindowElapsed,
      metrics.runState,
      metrics.runSloMet,
      metrics.runProjectedRatio,
      metrics.runMisses,
    ]) {
      gauge.reset(); // runs that were sealed meanwhile are gone
    }
    for (const { run, view } of views) if (view) this.show(run, view);
  }

  private show(run: Run, view: RunView): void {
    const { runId: run_id, runDate: run_date } = run;
    for (const [state, count] of Object.entries(recipientsByState(view))) metrics.runRecipients.set({ run_id, run_date, state }, count);
    metrics.runWindowElapsed.set({ run_id }, (this.clock.nowMs() - run.window.opensAt) / 1_000);
    for (const state of RUN_STATES) metrics.runState.set({ run_id, state: state.toLowerCase() }, Number(run.state === state));
    if (view.projected.ratio !== null) metrics.runProjectedRatio.set({ run_id }, view.projected.ratio);
    for (const [attribution, count] of Object.entries(view.missesByCause)) metrics.runMisses.set({ run_id, attribution }, count);
    if (view.seals.live) metrics.runSloMet.set({ run_date }, Number(view.seals.live.verdict === 'PASS'));
  }
}

const recipientsByState = (view: RunView): Record<string, number> => ({
  eligible: view.eligible,
  denominator: view.denominator,
  planned: view.planned,
  accepted: view.accepted,
  sent: view.sent,
  delivered: view.delivered,
  read: view.read,
  accepted_on_time: view.onTime.accepted,
  sent_on_time: view.onTime.sent,
  delivered_on_time: view.onTime.delivered,
  failed: view.failed,
  failed_after_acceptance: view.failedAfterAcceptance,
  held: view.held,
  suppressed: view.suppressed,
  expired: view.expired,
  unresolved: view.unresolved,
  late: view.late,
  duplicate: view.duplicates,
  lost: view.lost,
});
