import type { Topic } from '@daybreak/contracts';
import { Alarm, reasonOf } from '@daybreak/kernel';
import { metrics } from '@daybreak/observability';
import { Logger } from '@nestjs/common';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { backoffMs } from './backoff.js';
import type { ConsumerTuning } from './consumer-tuning.js';
import type { DeadLetters, DeadRecord } from './dead-letters.js';
import { dispatch, type BatchHandler } from './dispatch.js';
import type { Received } from './received.js';
import { decodeRecord, isUndecodable } from './record-codec.js';
import { inBatchSpan } from './trace-context.js';

/** One topic, and who takes what comes on it. */
export interface TopicPumpOptions {
  readonly topic: Topic;
  readonly handlers: readonly BatchHandler[];
  /** Logical name of the consumer group, for dead letters. */
  readonly group: string;
  readonly deadLetters: Pick<DeadLetters, 'send'>;
  /** False for a projection that every process reads for itself from the beginning. */
  readonly commits: boolean;
  readonly tuning: ConsumerTuning;
}

/** What the pump asks of the membership that a fetch came through. */
export interface Membership {
  pause(place: Place): void;
  resume(place: Place): void;
  /** Everything of this partition up to and with this offset is done with. */
  passed(place: Place, offset: string): void;
}

/** A partition of a topic. */
export interface Place {
  /** The topic's full name. */
  readonly topic: string;
  readonly partition: number;
}

/** One partition's part of a fetch. */
interface Delivery {
  readonly payload: EachBatchPayload;
  readonly membership: Membership;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

interface Item {
  readonly delivery: Delivery;
  readonly message: KafkaMessage;
}

const PAUSE_BASE_MS = 250;

/**
 * One topic's way from kafkajs to its handlers. kafkajs hands over the partitions of a fetch one by one; they are put together again, so
 * that a handler, and its one statement, gets what there is and not a twenty-fourth of it. An offset moves only when its event was handled or
 * lies in the dead-letter topic. When a store is away the partitions pause, and the same events come again.
 */
export class TopicPump {
  private readonly logger = new Logger(TopicPump.name);
  private readonly waiting: Delivery[] = [];
  private readonly pauses = new Map<NodeJS.Timeout, readonly Delivery[]>();
  private pumping = false;
  private failures = 0;
  private busySinceMs: number | undefined;
  private stopped = false;
  private readonly rest = new Alarm();

  constructor(private readonly options: TopicPumpOptions) {}

  /** Resolves when this part is done with, handled or paused; rejects only with kafkajs's own errors (a rebalance), which it expects. */
  handle(payload: EachBatchPayload, membership: Membership): Promise<void> {
    return new Promise((done, failed) => {
      this.waiting.push({ payload, membership, done, failed });
      if (!this.pumping) void this.pump();
    });
  }

  /** Real ms that the handlers have been busy with the batch in hand; 0 when idle. */
  busyMs(): number {
    return this.busySinceMs === undefined ? 0 : performance.now() - this.busySinceMs;
  }

  /** Ends a rest and forgets the pauses: nothing is fetched any more. */
  stop(): void {
    this.stopped = true;
    this.rest.ring();
    for (const timer of [...this.pauses.keys()]) this.endPause(timer);
  }

  private async pump(): Promise<void> {
    this.pumping = true;
    await new Promise(setImmediate); // kafkajs hands over all partitions of a fetch in one turn of the event loop
    while (this.waiting.length > 0) {
      const deliveries = this.waiting.splice(0);
      const nextAtMs = performance.now() + this.options.tuning.spacingMs;
      try {
        await this.work(deliveries);
        if (deliveries.every(isTheLast) && !this.stopped) await this.rest.wait(nextAtMs - performance.now()); // kafkajs fetches again once this is over
        for (const { done } of deliveries) done();
      } catch (error) {
        for (const { failed } of deliveries) failed(error);
      }
    }
    this.pumping = false;
  }

  private async work(deliveries: readonly Delivery[]): Promise<void> {
    const items = deliveries.flatMap((delivery) => delivery.payload.batch.messages.map((message) => ({ delivery, message })));
    for (let from = 0; from < items.length; from += this.options.tuning.maxBatchEvents) {
      const slice = items.slice(from, from + this.options.tuning.maxBatchEvents).filter(({ delivery }) => isOurs(delivery));
      if (slice.length === 0) continue;
      try {
        await this.handleSlice(slice);
        this.failures = 0;
      } catch (error) {
        this.pause(items.slice(from), error);
        return;
      }
      await this.settle(slice);
    }
  }

  /** Handled or in the dead-letter topic, every one of them; or else it throws and nothing has moved. */
  private async handleSlice(slice: readonly Item[]): Promise<void> {
    const { topic, group, handlers, deadLetters } = this.options;
    const dead = new Map<Item, DeadRecord['cause']>();
    const items = new Map<Received<unknown>, Item>();
    for (const item of slice) {
      const decoded = decodeRecord(topic, item.delivery.payload.batch.partition, item.message);
      if (isUndecodable(decoded)) dead.set(item, { undecodable: decoded });
      else items.set(decoded, item);
    }
    const received = [...items.keys()];
    await this.whileBeating(slice, async () => {
      const stop = metrics.busBatchDuration.startTimer({ topic: topic.name });
      await inBatchSpan(topic.name, received, async () => {
        for (const handler of handlers) {
          for (const { received: rejected, error } of await dispatch(handler, received)) {
            const item = items.get(rejected);
            if (item !== undefined) dead.set(item, { error });
          }
        }
      });
      stop();
      if (dead.size > 0)
        await deadLetters.send(
          group,
          [...dead].map(([item, cause]) => ({ ...recordOf(topic, item), cause })),
        );
    });
    this.count(received, slice.length, dead.size);
  }

  /** Keeps the membership alive while handlers work. That the group is rebalancing meanwhile is said again, and acted on, in `settle`. */
  private async whileBeating(slice: readonly Item[], work: () => Promise<void>): Promise<void> {
    const payload = slice[0]?.delivery.payload;
    const beat = setInterval(() => void payload?.heartbeat().catch(() => undefined), this.options.tuning.heartbeatIntervalMs);
    this.busySinceMs = performance.now();
    try {
      await work();
    } finally {
      this.busySinceMs = undefined;
      clearInterval(beat);
    }
  }

  private async settle(slice: readonly Item[]): Promise<void> {
    const last = new Map<Delivery, string>();
    for (const { delivery, message } of slice) last.set(delivery, message.offset);
    for (const [{ payload, membership }, offset] of last) {
      payload.resolveOffset(offset);
      membership.passed(placeOf(payload), offset);
    }
    const payload = slice[0]?.delivery.payload; // commits and beats for the whole membership
    if (this.options.commits) await payload?.commitOffsetsIfNecessary(payload.uncommittedOffsets());
    await payload?.heartbeat();
  }

  private pause(items: readonly Item[], error: unknown): void {
    const { topic, tuning } = this.options;
    this.failures += 1;
    const delayMs = backoffMs(this.failures, PAUSE_BASE_MS, tuning.maxPauseMs);
    const reason = reasonOf(error);
    this.logger.error(
      `${topic.name} waits ${Math.round(delayMs)} ms, its handler failed ${this.failures} times in a row: ${reason}`,
      error instanceof Error ? error.stack : undefined, // it may be a mistake of ours as well as a store that is away
    );
    const paused = [...new Set(items.map(({ delivery }) => delivery))].filter(isOurs);
    for (const { membership, payload } of paused) membership.pause(placeOf(payload));
    metrics.busPartitionsPaused.inc({ topic: topic.name }, paused.length);
    const timer: NodeJS.Timeout = setTimeout(() => this.resume(timer), delayMs);
    this.pauses.set(timer, paused);
  }

  private resume(timer: NodeJS.Timeout): void {
    for (const { membership, payload } of this.endPause(timer)) membership.resume(placeOf(payload));
  }

  private endPause(timer: NodeJS.Timeout): readonly Delivery[] {
    const paused = this.pauses.get(timer) ?? [];
    clearTimeout(timer);
    this.pauses.delete(timer);
    metrics.busPartitionsPaused.dec({ topic: this.options.topic.name }, paused.length);
    return paused;
  }

  private count(received: readonly Received<unknown>[], all: number, dead: number): void {
    const topic = this.options.topic.name;
    metrics.busEvents.inc({ topic, result: 'handled' }, all - dead);
    metrics.busEvents.inc({ topic, result: 'dead_lettered' }, dead);
    const oldest = received[0];
    if (oldest !== undefined)
      metrics.busEventLag.observe({ topic }, (performance.timeOrigin + performance.now() - oldest.timestampMs) / 1_000);
  }
}

const isOurs = ({ payload }: Delivery): boolean => payload.isRunning() && !payload.isStale();

/** Nothing more lay there when it was fetched. */
const isTheLast = ({ payload: { batch } }: Delivery): boolean => batch.offsetLag() === '0';

const placeOf = ({ batch }: EachBatchPayload): Place => ({ topic: batch.topic, partition: batch.partition });

const recordOf = (topic: Topic, { delivery, message }: Item): Pick<DeadRecord, 'topic' | 'partition' | 'message'> => ({
  topic: topic.name,
  partition: delivery.payload.batch.partition,
  message,
});
