import { assignToHelpers, helperOf, needOfHelp } from '../../src/delivery/need-of-help.js';
import type { KnownShard } from '../../src/shard/known-shard.js';
import { closedToClaims, faultOf, outOfActionUntil, type Standing } from '../../src/states/standing.js';
import type { Pod } from './pods.js';
import type { Rows } from './rows.js';
import { RUN } from './setting.js';

/** Faults that may be all numbers' as well as this one's. */
const OF_ACCOUNT = new Set(['policy', 'payment', 'setting']);

interface Situation {
  readonly nowMs: number;
  readonly closesAtMs: number;
  readonly numbers: readonly KnownShard[];
  /** As this process knows it. */
  readonly standingOf: (shardId: string) => Standing;
}

/** What a number cannot send itself goes to the others, by the mapping of an emergency re-shard. Returns how many went where. */
export function handOver(pod: Pod, rows: Rows, { nowMs, closesAtMs, numbers, standingOf }: Situation): Map<string, number> {
  const moved = new Map<string, number>();
  const standing = standingOf(pod.shardId);
  const { shard } = standing;
  if (!shard) return moved;
  const waiting = rows.waiting(pod.shardId);
  const sendsFromMs = Math.max(nowMs, outOfActionUntil(standing) ?? nowMs);
  const capLeft = pod.started.room(shard, nowMs);
  const need = Math.min(waiting, needOfHelp({ waiting, ratePerSecond: pod.rate.allowed, sendsFromMs, closesAtMs, capLeft }));
  const isHopeless = sendsFromMs === Number.POSITIVE_INFINITY;
  const isItsOwn = shard.mode === 'halted' || !OF_ACCOUNT.has(faultOf(standing) ?? '');
  if (!pod.patience.isOver(pod.shardId, RUN, { need, isHopeless, isItsOwn }, nowMs)) return moved;
  const helpers = numbers.flatMap(({ shardId }) => {
    const other = standingOf(shardId);
    if (shardId === pod.shardId || !other.shard || closedToClaims(other, false) !== undefined) return [];
    const left = { waiting: rows.waiting(shardId), closesAtMs, capLeft: rows.startedBy(shardId).room(other.shard, nowMs) };
    return helperOf(other.shard, { control: undefined, inboundPerSecond: 0 }, left, nowMs);
  });
  const movable = [...rows.openOf(pod.shardId)]
    .filter(({ state }) => state === 'QUEUED')
    .sort((a, b) => b.dueAtMs - a.dueAtMs)
    .slice(0, need);
  const targets = assignToHelpers(
    movable.map(({ recipientId }) => recipientId),
    helpers,
  );
  for (const row of movable) {
    const shardId = targets.get(row.recipientId);
    if (shardId === undefined) continue;
    rows.put({ ...row, shardId });
    moved.set(shardId, (moved.get(shardId) ?? 0) + 1);
  }
  return moved;
}
