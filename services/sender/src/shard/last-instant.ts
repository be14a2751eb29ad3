import type { LatePolicy } from '@daybreak/timing';
import type { LastInstant } from '../delivery/last-checks.js';
import type { KnownStates } from '../states/known-states.js';
import type { KnownRun, KnownShard } from './known-shard.js';
import type { ShardLease } from './shard-lease.js';

/** Everything that can stop a POST, as this process knows it now. */
export function lastInstant(
  states: KnownStates,
  at: {
    readonly nowMs: number;
    readonly run: KnownRun;
    readonly shard: KnownShard;
    readonly lease: ShardLease;
    readonly latePolicy: LatePolicy;
  },
): LastInstant {
  return {
    nowMs: at.nowMs,
    nowMonoMs: performance.now(),
    lease: at.lease,
    window: at.run.window,
    latePolicy: at.latePolicy,
    standsStill: states.standsStill,
    isTemplateOpen: (template) => !states.breakers.isTemplateClosed(at.shard.wabaId, template),
    isMediaOpen: (sha256) => !states.breakers.isAssetClosed(sha256),
    isWithdrawn: states.isWithdrawn,
    consentSince: (recipientId) => states.recentConsent.since(recipientId),
  };
}
