import { CloudApiClient } from '@daybreak/cloud-api';
import { CLOCK, CONFIG } from '@daybreak/config';
import type { Clock } from '@daybreak/kernel';
import { LOGGER, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import type { SenderConfig } from '../sender.config.js';
import { KnownStates } from '../states/known-states.js';

/** Connections are opened so long before the window, real ms: time for DNS and TLS, and well within the 20 s that an idle one is kept. */
const AHEAD_MS = 5_000;

/** How long an answer takes when Meta is slow, s: with the rate, how many requests are under way at once (400 at 1 000/s and 300 ms, measured). */
const SLOW_ANSWER_S = 0.4;

/** A shard of this pod, as far as connections are concerned. */
export interface Sending {
  readonly shardId: string;
  readonly lease: { readonly epoch: number };
  /** Messages per second. */
  readonly allowedRate: number;
}

/** Connections to Meta before they are needed, so that the first messages of a window, or after a take-over, do not wait for TLS. */
@Injectable()
export class WarmConnections {
  /** What was warmed for: `<shard> <epoch> <run>`. */
  private done = new Set<string>();

  constructor(
    private readonly api: CloudApiClient,
    private readonly states: KnownStates,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<SenderConfig, 'SHARD_IN_FLIGHT'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @param owned all shards of this pod: they share the connections */
  consider(owned: readonly Sending[]): void {
    const nowMs = this.clock.nowMs();
    const near = this.states.runs.filter(({ window }) => nowMs >= window.opensAt - AHEAD_MS * this.clock.speed && nowMs < window.closesAt);
    const sending = owned.filter(({ allowedRate }) => allowedRate > 0); // one that has just been taken over does not know its rate yet
    const keys = new Map(near.flatMap(({ runId }) => sending.map((shard) => [`${shard.shardId} ${shard.lease.epoch} ${runId}`, shard])));
    const cold = new Set([...keys].flatMap(([key, shard]) => (this.done.has(key) ? [] : shard)));
    this.done = new Set(keys.keys());
    if (cold.size === 0) return;
    const connections = [...cold].reduce((sum, { allowedRate }) => sum + this.connectionsFor(allowedRate), 0);
    this.api
      .warm(connections)
      .then((opened) => this.logger.info({ connections: opened, wanted: connections }, 'connections to Meta are open'))
      .catch((error: unknown) => this.logger.warn({ err: error }, 'connections could not be opened ahead; the first messages open them'));
  }

  private connectionsFor(ratePerSecond: number): number {
    const perRealSecond = ratePerSecond * this.clock.speed;
    return Math.min(this.config.SHARD_IN_FLIGHT, Math.max(1, Math.ceil(perRealSecond * SLOW_ANSWER_S)));
  }
}
