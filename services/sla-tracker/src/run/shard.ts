/** What a shard's owner last said of it. */
export interface ShardReport {
  readonly shardId: string;
  readonly phoneNumberId: string;
  /** Run that the counts are of; empty between runs. */
  readonly runId: string;
  readonly owner: string;
  readonly epoch: number;
  readonly staged: number;
  readonly waiting: number;
  readonly inFlight: number;
  readonly ambiguous: number;
  readonly settled: number;
  /** Messages per second, clock time. */
  readonly allowedRate: number;
  readonly actualRate: number;
  readonly paused: boolean;
  readonly breakers: readonly string[];
  /** Epoch ms. */
  readonly reportedAt: number;
}

/** What the quality-monitor last allowed a number. */
export interface ShardStanding {
  readonly shardId: string;
  readonly phoneNumberId: string;
  readonly role: 'primary' | 'standby';
  /** active, throttled, cooldown, paused, warming, standby or halted. */
  readonly mode: string;
  readonly allowedRate: number;
  readonly until?: number | undefined;
  readonly reason: string;
  readonly qualityRating: string;
  /** Last four digits of the number. */
  readonly displaySuffix: string;
  readonly version: number;
}
