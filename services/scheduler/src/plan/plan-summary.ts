import type { ExclusionReason } from './plan-inputs.js';

/** A plan in numbers. Everybody in `excluded` is outside the denominator. */
export interface PlanSummary {
  readonly planHash: string;
  readonly planned: number;
  /** Of those planned, how many get their language's fallback pack. */
  readonly fallback: number;
  readonly exclusions: readonly Exclusion[];
  readonly shards: readonly ShardShare[];
}

export interface Exclusion {
  readonly reason: ExclusionReason;
  readonly recipients: number;
}

export interface ShardShare {
  readonly shardId: string;
  readonly deliveries: number;
}

/** Counts exclusions while a plan is drawn up; reasons come out in a fixed order. */
export class ExclusionCount {
  private readonly counts = new Map<ExclusionReason, number>();

  add(excluded: readonly { readonly reason: ExclusionReason }[]): void {
    for (const { reason } of excluded) this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1);
  }

  get all(): Exclusion[] {
    return [...this.counts].map(([reason, recipients]) => ({ reason, recipients })).sort((a, b) => (a.reason < b.reason ? -1 : 1));
  }
}
