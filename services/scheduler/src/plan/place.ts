import { allocateShards } from '@daybreak/shards';
import type { BudgetsLeft, ExclusionReason, PlanShard } from './plan-inputs.js';

/** One recipient in search of a number. */
export interface Placeable {
  readonly recipientId: string;
  /** WABAs whose numbers may send the chosen template. */
  readonly sendableOn: ReadonlySet<string>;
  /** Portfolios that messaged this recipient in the last 24 hours: once more costs them nothing. */
  readonly countedIn: readonly string[];
}

export interface Placement {
  /** Which number sends to this recipient, or why none does. The order of the calls decides who finds a number full. */
  place(recipient: Placeable): PlanShard | Extract<ExclusionReason, 'no-capacity' | 'portfolio-limit'>;
  /** How many each shard was given so far. */
  readonly given: ReadonlyMap<string, number>;
}

/**
 * Sticky assignment within what numbers and portfolios can take.
 * @param spanMs how long first attempts are spread
 */
export function placement(shards: readonly PlanShard[], budgetsLeft: BudgetsLeft, spanMs: number): Placement {
  const byId = new Map(shards.map((shard) => [shard.shardId, shard]));
  const allocation = allocateShards(shards, spanMs);
  const left = new Map(budgetsLeft);
  return {
    given: allocation.given,
    place(recipient) {
      const affordable = (shard: PlanShard): boolean =>
        recipient.countedIn.includes(shard.businessPortfolioId) || (left.get(shard.businessPortfolioId) ?? Number.POSITIVE_INFINITY) > 0;
      const fit = shards.filter((shard) => recipient.sendableOn.has(shard.wabaId));
      const shardId = allocation.assign(recipient.recipientId, (id) => fit.some((shard) => shard.shardId === id && affordable(shard)));
      const shard = shardId === undefined ? undefined : byId.get(shardId);
      if (shard === undefined) return fit.length > 0 && !fit.some(affordable) ? 'portfolio-limit' : 'no-capacity';
      const budget = left.get(shard.businessPortfolioId);
      if (budget !== undefined && !recipient.countedIn.includes(shard.businessPortfolioId)) left.set(shard.businessPortfolioId, budget - 1);
      return shard;
    },
  };
}
