import { CLOCK, CONFIG } from '@daybreak/config';
import { Database } from '@daybreak/database';
import { runIdOf, type Clock } from '@daybreak/kernel';
import { localDateOf, plusLocalDays, sendWindowFor } from '@daybreak/timing';
import { Inject, Injectable } from '@nestjs/common';
import { RunPublisher } from '../outbound/run.publisher.js';
import type { SchedulerConfig } from '../scheduler.config.js';
import { RunRepository } from '../store/run.repository.js';
import type { Run } from './run.js';
import { windowOptionsOf } from './window-options.js';

/** Puts the coming days' runs on the table, with all instants that will judge them. */
@Injectable()
export class AnnounceRuns {
  private readonly known = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly runs: RunRepository,
    private readonly publisher: RunPublisher,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: SchedulerConfig,
  ) {}

  async announce(): Promise<void> {
    const runs = runsToAnnounce(this.clock.nowMs(), this.config).filter((run) => !this.known.has(run.runId));
    if (runs.length === 0) return;
    await this.database.transaction(async (tx) => {
      const added = await this.runs.announce(tx, runs);
      if (added.length > 0) await this.publisher.changed(tx, added);
    });
    for (const run of runs) this.known.add(run.runId);
  }
}

/** From today, while its window is not over, `RUN_DAYS` days ahead. */
export function runsToAnnounce(nowMs: number, config: SchedulerConfig): Run[] {
  const today = localDateOf(nowMs, config.TIME_ZONE);
  const dates = Array.from({ length: config.RUN_DAYS }, (_, days) => plusLocalDays(today, days));
  return dates.map((runDate) => openRun(runDate, nowMs, config)).filter((run) => nowMs < run.window.closesAt);
}

function openRun(runDate: string, nowMs: number, config: SchedulerConfig): Run {
  const runId = runIdOf(config.TENANT_ID, runDate, config.RUN_WINDOW);
  return {
    runId,
    tenantId: config.TENANT_ID,
    runDate,
    state: 'OPEN',
    version: 1,
    window: sendWindowFor(windowOptionsOf(config, runDate)),
    timeZone: config.TIME_ZONE,
    objective: config.SLA_OBJECTIVE,
    slaStage: config.SLA_STAGE,
    jitterSeed: runId, // a plan drawn up again, by whomever, lands on the same instants
    planHash: undefined,
    planned: 0,
    fallback: 0,
    exclusions: [],
    shards: [],
    readiness: undefined,
    gatesPassed: 0,
    changedAtMs: nowMs,
  };
}
