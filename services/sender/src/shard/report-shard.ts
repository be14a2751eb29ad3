import type { BreakerScope } from '@daybreak/cloud-api';
import { CLOCK } from '@daybreak/config';
import type { Clock } from '@daybreak/kernel';
import { metrics } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import { ShardReportedPublisher, type ShardReport } from '../outbound/shard-reported.publisher.js';
import type { Breaker } from '../states/breakers.js';
import { KnownStates } from '../states/known-states.js';
import { FiguresRepository, type ShardFigures } from '../store/figures.repository.js';
import { MediaRepository } from '../store/media.repository.js';
import { StagingRepository } from '../store/staging.repository.js';
import type { ShardRunner } from './shard-runner.js';
import { capacityOf } from './shard-status.js';

const SCOPES = ['template', 'shard', 'account', 'token', 'campaign'] as const satisfies readonly BreakerScope[];

/** Real ms between reports when nothing changes. */
const REPEAT_MS = 2_000;

/** Counts what a shard holds and says so, when it changed and every two seconds. */
@Injectable()
export class ReportShard {
  /** What was said last, by shard. */
  private readonly last = new Map<string, { readonly text: string; readonly atMonoMs: number }>();

  constructor(
    private readonly staging: StagingRepository,
    private readonly media: MediaRepository,
    private readonly states: KnownStates,
    private readonly figures: FiguresRepository,
    private readonly publisher: ShardReportedPublisher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async report(runner: ShardRunner): Promise<void> {
    const figures = await runner.figures();
    await this.figures.save(runner.lease, figures, this.states.breakers.timed());
    metrics.throttleMaximum.set({ shard_id: runner.shardId }, figures.maximumRate);
    metrics.throttleUtilisation.set({ shard_id: runner.shardId }, capacityOf([figures]).utilisation);
    const report = await this.countOf(runner, figures);
    if (!report) return;
    await this.tell(report);
    for (const run of this.states.nearRuns(report.reportedAtMs)) await this.staging.addUp(run, runner.shardId);
  }

  private async tell(report: ShardReport): Promise<void> {
    const { shardId } = report;
    const { reportedAtMs, actualRate, ...steady } = report;
    const text = JSON.stringify(steady);
    const last = this.last.get(shardId);
    if (last?.text === text && performance.now() - last.atMonoMs < REPEAT_MS) return;
    await this.publisher.publish({ ...steady, actualRate, reportedAtMs });
    this.last.set(shardId, { text, atMonoMs: performance.now() });
  }

  private async countOf(runner: ShardRunner, figures: ShardFigures): Promise<ShardReport | undefined> {
    const shard = this.states.shard(runner.shardId);
    if (!shard) return undefined;
    const nowMs = this.clock.nowMs();
    const run = this.states.currentRun(nowMs);
    const counts = run ? await this.staging.countByState(run, shard.shardId) : {};
    const staged = Object.values(counts).reduce((sum, n) => sum + n, 0);
    const ambiguous = counts.AMBIGUOUS ?? 0;
    const waiting = counts.QUEUED ?? 0;
    const claimed = counts.CLAIMED ?? 0;
    const media = run ? await this.media.readiness(shard, run, nowMs) : { ready: 0, needed: 0 };
    // Rows come before the window; while it is open nothing is counted that need not be.
    const fresh = new Map<string, boolean>();
    for (const near of this.states.nearRuns(nowMs))
      fresh.set(near.runId, nowMs >= near.window.opensAt ? near.analyzed : await this.staging.analyzeWhenGrown(near));
    const statisticsFresh = run !== undefined && fresh.get(run.runId) === true;
    metrics.deliveriesStaged.set({ shard_id: shard.shardId }, staged);
    const open = new Set(this.states.breakers.all().map(({ scope }) => scope));
    for (const scope of SCOPES) metrics.breakerOpen.set({ shard_id: shard.shardId, scope }, open.has(scope) ? 1 : 0);
    metrics.ambiguousSends.set({ shard_id: shard.shardId }, ambiguous);
    return {
      shardId: shard.shardId,
      phoneNumberId: shard.phoneNumberId,
      owner: runner.lease.owner,
      epoch: runner.lease.epoch,
      runId: run?.runId ?? '',
      staged,
      waiting,
      inFlight: claimed,
      ambiguous,
      settled: staged - waiting - claimed - ambiguous,
      mediaReady: media.ready,
      mediaNeeded: media.needed,
      maximumRate: figures.maximumRate,
      allowedRate: figures.allowedRate,
      actualRate: figures.actualRate,
      paused: this.states.closedToClaims(shard.shardId, run?.runId ?? '', false) !== undefined,
      draining: this.states.control(shard.shardId)?.draining ?? false,
      breakers: this.states.breakers.all().map(inWords),
      statisticsFresh,
      reportedAtMs: nowMs,
    };
  }
}

const inWords = ({ scope, key, fault, until }: Breaker): string =>
  `${scope} ${key}: ${fault}, until ${typeof until === 'number' ? new Date(Math.ceil(until)).toISOString() : `the ${until} ends it`}`;
