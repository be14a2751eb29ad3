/** A number's rate rises in a straight line after it is made active or recovers: a sudden start from an idle number looks like spam. */
export interface RateRamp {
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
  /** Epoch ms. */
  readonly startedAt: number;
  readonly durationMs: number;
}

/** Messages per second that the ramp allows now. */
export function rampedRate(ramp: RateRamp, nowMs: number): number {
  const share = ramp.durationMs <= 0 ? 1 : Math.min(Math.max((nowMs - ramp.startedAt) / ramp.durationMs, 0), 1);
  return ramp.fromPerSecond + (ramp.toPerSecond - ramp.fromPerSecond) * share;
}

/** The daily cap of a new number multiplies day by day until it reaches the target. */
export interface WarmUp {
  readonly firstDayCap: number;
  /** Above 1. */
  readonly factorPerDay: number;
  readonly targetCap: number;
}

/** Unique recipients that a number may start on its nth day (0 is the first). */
export const warmUpCap = (warmUp: WarmUp, day: number): number =>
  Math.min(Math.floor(warmUp.firstDayCap * warmUp.factorPerDay ** Math.max(day, 0)), warmUp.targetCap);

/** Days that a warm-up takes: on the day of this number (0 is the first) the target is reached, and the number is warm. */
export function warmUpDays(warmUp: WarmUp): number {
  let day = 0;
  while (warmUpCap(warmUp, day) < warmUp.targetCap) day++;
  return day;
}
