import type { SeededRandom } from '@daybreak/kernel';

/** How long something takes: log-normal, as network and human delays are. All in milliseconds of the simulated clock. */
export interface Lag {
  readonly medianMs: number;
  /** 95 of 100 are shorter. */
  readonly p95Ms: number;
  /** Nothing takes longer. */
  readonly maxMs: number;
}

const Z_95 = 1.6449; // standard normal quantile of 0.95

/** One draw. Takes exactly two numbers of the stream, so that a longer lag elsewhere does not shift the draws after it. */
export function drawLag(lag: Lag, random: SeededRandom): number {
  const u = 1 - random.next(); // (0, 1]: the logarithm of 0 has no value
  const v = random.next();
  if (lag.medianMs <= 0) return 0;
  const standardNormal = Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
  const sigma = Math.log(Math.max(lag.p95Ms, lag.medianMs) / lag.medianMs) / Z_95;
  return Math.min(lag.maxMs, lag.medianMs * Math.exp(sigma * standardNormal));
}
