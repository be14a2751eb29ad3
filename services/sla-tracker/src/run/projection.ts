import type { Figures } from './figures.js';
import type { Run } from './run.js';
import type { TallyGroup } from './tally.js';

/** What a shard still has to do in a run, as its owner says. */
export interface ShardBacklog {
  /** Not yet posted. */
  readonly waiting: number;
  /** Messages per second that it may start. */
  readonly allowedRate: number;
}

export interface Projection {
  /** On time at the deadline, if things go on as they go now. */
  readonly onTime: number;
  /** 0-1; null where nobody was eligible. */
  readonly ratio: number | null;
}

/** A message that was accepted later than this may lack its `sent` without telling anything. */
export const USUALLY_SENT_WITHIN_MS = 10_000;

/**
 * Where the run will end. What waits is started as far as the shards' rates and the rest of the window allow (all of it, as
 * long as no shard has reported); what was or will be accepted becomes on time in the share that earlier messages did.
 */
export function project(
  run: Run,
  figures: Figures,
  groups: readonly TallyGroup[],
  backlogs: readonly ShardBacklog[],
  nowMs: number,
): Projection {
  const { denominator } = figures;
  const onTimeNow = figures.onTime[run.slaStage];
  if (denominator <= 0) return { onTime: 0, ratio: null };
  if (nowMs >= run.window.deadlineAt + USUALLY_SENT_WITHIN_MS) return { onTime: onTimeNow, ratio: onTimeNow / denominator };

  const told = groups.filter((g) => !g.excluded && g.outcome === 'accepted' && g.startedLongAgo);
  const toldAccepted = total(told);
  const toldOnTime = total(told.filter((g) => (run.slaStage === 'sent' ? g.sentOnTime : g.deliveredOnTime)));
  const share = toldAccepted === 0 ? 1 : toldOnTime / toldAccepted;

  const leftMs = Math.max(run.window.closesAt - Math.max(nowMs, run.window.opensAt), 0);
  const startable = backlogs.reduce((sum, shard) => sum + Math.min(shard.waiting, (shard.allowedRate * leftMs) / 1_000), 0);
  const willStart = backlogs.length === 0 ? figures.unresolved : Math.min(startable, figures.unresolved);
  const untold = figures.accepted - toldAccepted + willStart;
  const onTime = Math.round(Math.min(Math.max(toldOnTime + untold * share, onTimeNow), denominator));
  return { onTime, ratio: onTime / denominator };
}

const total = (groups: readonly TallyGroup[]): number => groups.reduce((sum, g) => sum + g.deliveries, 0);
