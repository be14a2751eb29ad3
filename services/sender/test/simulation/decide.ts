import { retryFits } from '@daybreak/timing';
import { closed, orphaned, resolved } from '../../src/delivery/delivery-machine.js';
import type { AmbiguousPolicy } from '../../src/delivery/delivery-record.js';
import { CLAIM_LIFE_MS } from '../../src/shard/shard-lease.js';
import type { Pod } from './pods.js';
import type { Rows } from './rows.js';
import { HTTP_TIMEOUT_MS, MAX_ATTEMPTS, RESOLVE_AFTER_MS, WINDOW } from './setting.js';

/** What of a morning is given up that long after its window: no webhook will settle it. */
const GIVE_UP_AFTER_MS = 45_000;

interface Knowledge {
  readonly nowMs: number;
  readonly policy: AmbiguousPolicy;
  /** When the newest webhook came. */
  readonly evidenceUntilMs: number;
}

/** Decides on what nobody has in hand: claims of dead processes, POSTs of which nobody told, rows of a window that is over. */
export function decide(pod: Pod, rows: Rows, { nowMs, policy, evidenceUntilMs }: Knowledge): void {
  const asOf = {
    nowMs,
    policy,
    maxAttempts: MAX_ATTEMPTS,
    canSendAgain: retryFits(nowMs, 0, WINDOW),
    completeUntil: (): number => evidenceUntilMs,
    resolveAfterMs: RESOLVE_AFTER_MS,
    isOver: nowMs >= WINDOW.closesAt + GIVE_UP_AFTER_MS,
  };
  for (const row of rows.openOf(pod.shardId)) {
    const resolveAtMs = Math.max((row.claimedAtMs ?? 0) + CLAIM_LIFE_MS + HTTP_TIMEOUT_MS, nowMs) + RESOLVE_AFTER_MS;
    const next =
      orphaned(row, pod.lease?.epoch ?? 0, resolveAtMs) ?? resolved(row, asOf) ?? (nowMs >= WINDOW.closesAt ? closed(row) : undefined);
    if (next) rows.put(next);
  }
}
