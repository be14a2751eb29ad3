/** How a consumer group behaves. The defaults are for production; tests shorten them. */
export interface ConsumerTuning {
  /** A member that is silent for so long has lost its partitions. Long, for every pod that comes or goes stops the whole group. */
  readonly sessionTimeoutMs: number;
  /** Longest wait of a rebalance for a member that is busy with a batch. */
  readonly rebalanceTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  /** kafkajs fetches again only when every partition's part is worked off: a small part keeps one busy partition from holding up the others. */
  readonly maxBytesPerPartition: number;
  /** Longest a broker holds a fetch open when there is nothing new. Also how late a resumed partition is noticed. */
  readonly fetchWaitMs: number;
  /** A broker holds a fetch open, for `fetchWaitMs` at most, until it has so much: who is in no hurry spares both sides a fetch and a commit for every few events. */
  readonly fetchMinBytes: number;
  /** Least time between two fetches while everything is read, real ms: events that trickle in share a fetch, a transaction and a commit. One after a pause waits for nobody. */
  readonly spacingMs: number;
  /** Most events of one handler call. */
  readonly maxBatchEvents: number;
  /** Longest wait between two attempts while a store is away. */
  readonly maxPauseMs: number;
}

/** What holds where nothing else is given. */
export const CONSUMER_TUNING: ConsumerTuning = {
  sessionTimeoutMs: 45_000,
  rebalanceTimeoutMs: 60_000,
  heartbeatIntervalMs: 3_000,
  maxBytesPerPartition: 128 * 1_024,
  fetchWaitMs: 500,
  fetchMinBytes: 1,
  spacingMs: 200,
  maxBatchEvents: 1_000,
  maxPauseMs: 15_000,
};
