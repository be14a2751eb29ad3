import type { Run, ShardReport } from './run.js';

/**
 * What a run needs next:
 * `freeze` draws up and binds the plan; `miss` ends a run whose window passed without a plan; `stage` notes that every shard
 * holds what it was given; `open` and `close` follow the window.
 */
export type Step = 'freeze' | 'miss' | 'stage' | 'open' | 'close';

/** Pure, so that every replica sees the same step; the row's lock decides who takes it. */
export function nextStep(run: Run, nowMs: number, reports: readonly ShardReport[]): Step | undefined {
  switch (run.state) {
    case 'OPEN':
      if (nowMs >= run.window.closesAt) return 'miss';
      return nowMs >= run.window.freezeAt ? 'freeze' : undefined;
    case 'FROZEN':
      if (isStaged(run, reports)) return 'stage';
      return nowMs >= run.window.opensAt ? 'open' : undefined; // late or not, the window does not wait
    case 'STAGED':
      return nowMs >= run.window.opensAt ? 'open' : undefined;
    case 'RUNNING':
      return nowMs >= run.window.closesAt ? 'close' : undefined;
    case 'CLOSED':
      return undefined;
  }
}

/** Does every shard hold the rows that it was given? */
export const isStaged = (run: Run, reports: readonly ShardReport[]): boolean =>
  run.shards.every((share) => stagedBy(share.shardId, run, reports) >= share.deliveries);

/** How many rows of this run a shard reported. */
export const stagedBy = (shardId: string, run: Run, reports: readonly ShardReport[]): number =>
  reports.find((report) => report.shardId === shardId && report.runId === run.runId)?.staged ?? 0;

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** When the readiness gate judges: T-12 h, T-60 min, T-10 min, when staging falls due, and in the last half minute. Epoch ms. */
const gateInstants = ({ window }: Run): number[] => [
  window.opensAt - 12 * HOUR_MS,
  window.opensAt - HOUR_MS,
  window.opensAt - 10 * MINUTE_MS,
  window.stagedBy,
  window.opensAt - MINUTE_MS / 2,
];

/** How many gates of a run have been reached. */
export const gatesReached = (run: Run, nowMs: number): number => gateInstants(run).filter((instant) => nowMs >= instant).length;

/** Before the freeze a gate draws up a whole plan to look ahead, which must not hold up the freeze itself. */
const NO_PREVIEW_BEFORE_FREEZE_MS = 5 * MINUTE_MS;

/** Has a gate been reached that did not judge yet? One that falls due right before the freeze is left to the freeze. */
export const gateIsDue = (run: Run, nowMs: number): boolean =>
  gatesReached(run, nowMs) > run.gatesPassed && !(run.state === 'OPEN' && nowMs >= run.window.freezeAt - NO_PREVIEW_BEFORE_FREEZE_MS);

/** The next instant, epoch ms, at which time alone changes something about the run; undefined when there is none. */
export function nextInstant(run: Run, nowMs: number): number | undefined {
  const { freezeAt, opensAt, closesAt } = run.window;
  const future = [...gateInstants(run), freezeAt, opensAt, closesAt].filter((instant) => instant > nowMs);
  return future.length === 0 ? undefined : Math.min(...future);
}
