import { warmUpCap, warmUpDays } from '@daybreak/shards';
import { localDateOf, plusLocalDays, startOfLocalDay } from '@daybreak/timing';
import type { CapPlan, WarmUpPlan } from '../registry/registry.js';

const DAY_MS = 86_400_000;

/** A warm-up on a given day; a number that is warm has none. */
export type WarmUpStage =
  | { readonly stage: 'ahead'; readonly startedOn: string; readonly startsAtMs: number }
  /** `day` as people count: the first is 1. Ends by itself at the midnight before the first day on the target. */
  | { readonly stage: 'under-way'; readonly day: number; readonly cap: number; readonly endsAtMs: number };

export interface Caps {
  /** Unique recipients; 0: no cap of its own. */
  readonly dailyCap: number;
  readonly hourlyCap: number;
  readonly warmUp: WarmUpStage | undefined;
}

/**
 * What caps a number today: the smaller of its own cap and its warm-up's, and never more than its portfolio may reach.
 * @param messagingLimit of the portfolio: -1 unlimited, 0 unknown
 */
export function capsOf(plan: CapPlan, messagingLimit: number, nowMs: number): Caps {
  const warmUp = plan.warmUp && stageOf(plan.warmUp, nowMs);
  const ofWarmUp = warmUp?.stage === 'under-way' ? warmUp.cap : undefined;
  const caps = [plan.dailyCap, ofWarmUp].filter((cap) => cap !== undefined);
  const reach = messagingLimit > 0 ? messagingLimit : Number.POSITIVE_INFINITY;
  return { dailyCap: caps.length === 0 ? 0 : Math.min(...caps, reach), hourlyCap: plan.hourlyCap ?? 0, warmUp };
}

function stageOf(plan: WarmUpPlan, nowMs: number): WarmUpStage | undefined {
  const startsAtMs = startOfLocalDay(plan.startedOn);
  if (nowMs < startsAtMs) return { stage: 'ahead', startedOn: plan.startedOn, startsAtMs };
  // Rounded: where clocks are put back or forward a day is not 24 hours.
  const day = Math.round((startOfLocalDay(localDateOf(nowMs)) - startsAtMs) / DAY_MS);
  const days = warmUpDays(plan);
  if (day >= days) return undefined;
  return { stage: 'under-way', day: day + 1, cap: warmUpCap(plan, day), endsAtMs: startOfLocalDay(plusLocalDays(plan.startedOn, days)) };
}
