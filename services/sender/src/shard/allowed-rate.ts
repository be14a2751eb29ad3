import { rampedRate } from '@daybreak/shards';
import type { Control } from '../states/control.js';
import type { KnownShard } from './known-shard.js';

/** Meta counts what comes in and what goes out together, and measures on its own clock: the last twentieth stays free. */
const SHARE_OF_THROUGHPUT = 0.95;

/** A number that starts after idling, or comes back, takes a minute to its full rate: a sudden start looks like spam. */
export const RAMP_MS = 60_000;
const RAMP_FROM_SHARE = 0.25;

/** What a ramp costs against the whole rate from its beginning. */
export const RAMP_COSTS_MS = (RAMP_MS * (1 - RAMP_FROM_SHARE)) / 2;

export interface RateInputs {
  readonly shard: Pick<KnownShard, 'allowedRate' | 'throughputMps' | 'role' | 'mode'>;
  readonly control: Pick<Control, 'maxRate'> | undefined;
  /** Messages per second that people send to the number. */
  readonly inboundPerSecond: number;
  /** What Meta's refusals leave of it, 0 to 1. */
  readonly feedbackShare: number;
  /** Since when a ramp is under way, epoch ms; null when none is. */
  readonly rampStartedAtMs: number | null;
}

/** Messages per second that a number could send if nobody wrote to it and nothing held it back. */
export const maximumRate = ({ throughputMps }: Pick<KnownShard, 'throughputMps'>): number => SHARE_OF_THROUGHPUT * throughputMps;

/** Messages per second that the shard may send now: the least of what everybody allows. */
export function allowedRate(inputs: RateInputs, nowMs: number): number {
  const { shard, control } = inputs;
  const ofNumber = maximumRate(shard) - inputs.inboundPerSecond;
  // A spare has no share of the campaign until it must help; then its number is the only limit.
  const ofMonitor = shard.mode === 'standby' && shard.allowedRate === 0 ? ofNumber : shard.allowedRate;
  const whole = Math.max(0, Math.min(ofNumber, ofMonitor, control?.maxRate ?? Number.POSITIVE_INFINITY));
  const ramped =
    inputs.rampStartedAtMs === null
      ? whole
      : rampedRate(
          { fromPerSecond: whole * RAMP_FROM_SHARE, toPerSecond: whole, startedAt: inputs.rampStartedAtMs, durationMs: RAMP_MS },
          nowMs,
        );
  return ramped * inputs.feedbackShare;
}
