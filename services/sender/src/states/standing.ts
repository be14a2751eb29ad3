import { maySend } from '@daybreak/shards';
import type { KnownShard } from '../shard/known-shard.js';
import type { Breaker } from './breakers.js';
import type { Control } from './control.js';

/** All that decides whether a number may send for one run. */
export interface Standing {
  /** Undefined while nobody has told of the number. */
  readonly shard: KnownShard | undefined;
  readonly control: Control | undefined;
  /** What its own results opened, or its account's, or the run's. */
  readonly breaker: Breaker | undefined;
}

/** Why nothing may start from the number now; undefined when something may. `critical` is what a mere pause lets through. */
export function standstill({ shard, control, breaker }: Standing, critical: boolean): string | undefined {
  if (!shard) return 'the number is not known yet';
  if (control?.paused) return `paused: ${control.reason}`;
  // A spare has deliveries only when it is to help; a paused number still sends what is critical.
  const sends = maySend(shard.mode) || shard.mode === 'standby' || (shard.mode === 'paused' && critical);
  if (!sends) return `the number is ${shard.mode}: ${shard.reason}`;
  return breaker && `breaker of ${breaker.scope} ${breaker.key}: ${breaker.fault}`;
}

/** Why nothing more is claimed for it; undefined when something may be. A drained one finishes what it has claimed. */
export function closedToClaims(standing: Standing, critical: boolean): string | undefined {
  const { control } = standing;
  return control?.draining && !control.paused ? `drained: ${control.reason}` : standstill(standing, critical);
}

/**
 * Until when the number is out of action by itself (halted, restricted, unanswered) or drained, as far as others could take over: infinite when nobody
 * knows, undefined when it is not. What an operator or a quality rule paused is meant to wait.
 */
export function outOfActionUntil({ shard, control, breaker }: Standing): number | undefined {
  if (shard?.mode === 'halted' || control?.draining) return Number.POSITIVE_INFINITY;
  if (!breaker || breaker.scope === 'campaign' || breaker.scope === 'token') return undefined; // nobody else could send it either
  return typeof breaker.until === 'number' ? breaker.until : Number.POSITIVE_INFINITY;
}

/** What Meta holds against the number now, in the error table's word; undefined when nothing does. */
export const faultOf = ({ shard, breaker }: Standing): Breaker['fault'] | undefined =>
  breaker?.fault ?? (shard?.mode === 'halted' ? 'number-restricted' : undefined);
