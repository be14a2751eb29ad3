import type { ShardStateName } from '@daybreak/shards';
import type { SendWindow } from '@daybreak/timing';

/** One phone number, as the quality monitor last described it, under what an operator said. */
export interface KnownShard {
  readonly shardId: string;
  readonly phoneNumberId: string;
  readonly wabaId: string;
  readonly businessPortfolioId: string;
  readonly role: 'primary' | 'standby';
  readonly mode: ShardStateName;
  /** Messages per second that campaign traffic may use. */
  readonly allowedRate: number;
  /** Meta's throughput of the number, in and out together. */
  readonly throughputMps: number;
  /** Unique recipients that it may start per day, and in a rolling hour; 0: no cap of its own. */
  readonly dailyCap: number;
  readonly hourlyCap: number;
  readonly weight: number;
  readonly reason: string;
  /** Since when it is in this state; epoch ms of the run's clock. */
  readonly changedAtMs: number;
}

export interface KnownRun {
  readonly runId: string;
  readonly runDate: string;
  readonly window: SendWindow;
  /** Deliveries planned per shard; empty before the freeze. */
  readonly shares: ReadonlyMap<string, number>;
  /** Statistics were refreshed since its rows came. */
  readonly analyzed: boolean;
}
