import { CLOCK } from '@daybreak/config';
import { Database } from '@daybreak/database';
import type { Verdict } from '@daybreak/delivery';
import type { Clock } from '@daybreak/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { SealRepository } from '../store/seal.repository.js';
import { RunRepository } from '../store/run.repository.js';
import { ShardRepository } from '../store/shard.repository.js';
import { TallyRepository } from '../store/tally.repository.js';
import { figuresOf } from './figures.js';
import { Paced } from './paced.js';
import { project } from './projection.js';
import type { Run, RunStateName } from './run.js';
import { reportOf, type RunReport } from './run-report.js';
import { runViewOf, type RunView } from './run-view.js';
import type { SealKind } from './seal.js';

/** Which figure of a run: as it is now, or as it was sealed. */
export type FigureKind = 'now' | SealKind;

/** A run in a list. */
export interface RunSummary {
  readonly runId: string;
  readonly runDate: string;
  readonly state: RunStateName;
  readonly planned: number;
  /** Of the live seal; null before. */
  readonly verdict: Verdict | null;
}

const LISTED_RUNS = 50;

/** Counting a run costs one pass over its rows, so a count is used again for a moment: longer, the longer it took. */
const SHORTEST_MS = 100;

/** Runs as they are now, and as they were sealed. */
@Injectable()
export class LiveRuns {
  private readonly reports = new Paced<RunReport>(SHORTEST_MS);
  private readonly views = new Paced<RunView>(SHORTEST_MS);

  constructor(
    private readonly runs: RunRepository,
    private readonly seals: SealRepository,
    private readonly tally: TallyRepository,
    private readonly shards: ShardRepository,
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The live seal once there is one, else the figure of now; or the figure that is asked for. Undefined when there is none. */
  async report(runId: string, figure?: FigureKind): Promise<RunReport | undefined> {
    if (figure !== 'now') {
      const seal = (await this.seals.of([runId])).find(({ kind }) => kind === (figure ?? 'live'));
      if (seal || figure) return seal?.report;
    }
    const run = await this.runs.find(runId);
    return run && this.reports.get(runId, () => this.count(run));
  }

  async summaries(): Promise<RunSummary[]> {
    const runs = await this.runs.latest(LISTED_RUNS);
    const seals = await this.seals.of(runs.map(({ runId }) => runId));
    return runs.map(({ runId, runDate, state, planned }) => {
      const seal = seals.find((s) => s.runId === runId && s.kind === 'live');
      return { runId, runDate, state, planned, verdict: seal?.report.verdict ?? null };
    });
  }

  /** Everything that the page shows of a run; undefined when there is no such run. */
  async view(runId: string): Promise<RunView | undefined> {
    const run = await this.runs.find(runId);
    return run && this.views.get(runId, () => this.look(run));
  }

  private async count(run: Run): Promise<RunReport> {
    const nowMs = this.clock.nowMs();
    const [groups, numbers] = await Promise.all([this.tally.groups(this.database, run, nowMs), this.tally.numbers(this.database, run)]);
    return reportOf({ run, figures: figuresOf(run, groups, nowMs), numbers, clock: this.clock });
  }

  private async look(run: Run): Promise<RunView> {
    const nowMs = this.clock.nowMs();
    const [groups, reports, states, seals] = await Promise.all([
      this.tally.groups(this.database, run, nowMs),
      this.shards.reports(),
      this.shards.states(),
      this.seals.of([run.runId]),
    ]);
    const figures = figuresOf(run, groups, nowMs);
    const ofRun = reports.filter((report) => report.runId === run.runId);
    const projection = project(run, figures, groups, ofRun, nowMs);
    return runViewOf({ run, figures, groups, projection, reports: ofRun, states, seals, nowMs, speed: this.clock.speed });
  }
}
