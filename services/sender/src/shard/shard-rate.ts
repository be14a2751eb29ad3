import type { Clock } from '@daybreak/kernel';
import { metrics } from '@daybreak/observability';
import { maySend } from '@daybreak/shards';
import type { KnownStates } from '../states/known-states.js';
import type { ShardFigures } from '../store/figures.repository.js';
import { allowedRate, maximumRate, RAMP_MS } from './allowed-rate.js';
import { ShardThrottle } from './shard-throttle.js';
import { ThroughputFeedback } from './throughput-feedback.js';

/** Without a message for so long a number has idled. Clock ms. */
const IDLE_AFTER_MS = 600_000;

export interface RateParts {
  readonly states: Pick<KnownStates, 'shard' | 'control' | 'inboundPerSecond'>;
  readonly clock: Clock;
}

/** A number's throttle, kept at the rate that everybody allows: the monitor, operators, what people write to it, Meta's refusals, a ramp. */
export class ShardRate {
  private readonly throttle = new ShardThrottle(0);
  private readonly feedback = new ThroughputFeedback();
  private rampStartedAtMs: number | null = null;
  /** When the last slot was taken, and whether the number was stopped then; clock ms. */
  private lastSlotMs = Number.NEGATIVE_INFINITY;
  private wasStopped = false;

  constructor(
    private readonly shardId: string,
    private readonly parts: RateParts,
  ) {}

  /** Messages per second that may start now. */
  get allowed(): number {
    return this.throttle.rate;
  }

  /** Messages per second: what the number could send, may send, and sent in the last second. */
  get figures(): Pick<ShardFigures, 'maximumRate' | 'allowedRate' | 'actualRate'> {
    const { states, clock } = this.parts;
    const shard = states.shard(this.shardId);
    return {
      maximumRate: shard ? maximumRate(shard) : 0,
      allowedRate: this.throttle.rate,
      actualRate: this.throttle.grantedInLastSecond(clock.nowMs()),
    };
  }

  /** Takes a slot: 0 when it may be used now, else how long to wait, clock ms. */
  take(nowMs: number): number {
    const waitMs = this.throttle.take(nowMs);
    if (waitMs === 0) this.lastSlotMs = nowMs;
    return waitMs;
  }

  /** Meta found the number too fast. */
  tooFast(): void {
    this.feedback.tooFast(this.parts.clock.nowMs());
    this.tune();
  }

  /** Deliveries are at hand. A spare that begins to help, and a number that warms up, have idled until now: their rate rises within a minute. */
  begin(): void {
    const { states, clock } = this.parts;
    const shard = states.shard(this.shardId);
    const nowMs = clock.nowMs();
    const isRamping = this.rampStartedAtMs !== null && nowMs < this.rampStartedAtMs + RAMP_MS;
    if ((shard?.role !== 'standby' && shard?.mode !== 'warming') || isRamping || nowMs - this.lastSlotMs < IDLE_AFTER_MS) return;
    this.rampStartedAtMs = nowMs;
    this.tune();
  }

  /** Whatever was said since takes effect with the next slot. */
  tune(): void {
    const { states, clock } = this.parts;
    const shard = states.shard(this.shardId);
    const nowMs = clock.nowMs();
    const isStopped = shard !== undefined && !maySend(shard.mode) && shard.mode !== 'standby';
    if (this.wasStopped && !isStopped) this.rampStartedAtMs = nowMs; // it comes back
    this.wasStopped = isStopped;
    const rate = shard
      ? allowedRate(
          {
            shard,
            control: states.control(this.shardId),
            inboundPerSecond: states.inboundPerSecond(shard.phoneNumberId),
            feedbackShare: this.feedback.shareAt(nowMs),
            rampStartedAtMs: this.rampStartedAtMs,
          },
          nowMs,
        )
      : 0;
    metrics.throttleRate.set({ shard_id: this.shardId }, rate);
    this.throttle.setRate(rate);
  }
}
