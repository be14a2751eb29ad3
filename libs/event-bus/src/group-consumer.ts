import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '@daybreak/kernel';
import { Logger } from '@nestjs/common';
import type { Consumer, Kafka } from 'kafkajs';
import { backoffMs } from './backoff.js';
import type { ConsumerTuning } from './consumer-tuning.js';
import { Progress } from './progress.js';
import type { Membership, Place, TopicPump } from './topic-pump.js';

/** A consumer group, and who takes what it reads. */
export interface GroupConsumerOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  /** By the topic's full name. */
  readonly pumps: ReadonlyMap<string, TopicPump>;
  readonly tuning: ConsumerTuning;
}

const RESTART_BASE_MS = 500;
const RESTART_MAX_MS = 15_000;
const WORKERS = 128; // partitions of one fetch handed over at once: more than one process ever reads
const JOIN_PATIENCE_MS = 5_000; // a first join takes a broker's three seconds and a little
const MAX_SILENCE_MS = 120_000; // kafkajs tries something at least every few seconds, also while the brokers are away
const MAX_BATCH_MS = 300_000; // statements end after 60 s; a handler that takes five minutes never returns

/**
 * One membership in one consumer group, kept alive: what kafkajs restarts by itself it restarts, what it gives up on is started anew here.
 * Starting does not wait for Kafka: a service must come up, and work off what it has, while Kafka is away.
 */
export class GroupConsumer implements Membership {
  readonly progress: Progress;
  private readonly logger = new Logger(GroupConsumer.name);
  private consumer: Consumer | undefined;
  private restartTimer: NodeJS.Timeout | undefined;
  private failures = 0;
  private stopped = false;
  /** Settles when kafkajs has joined or given up. */
  private joining = Promise.resolve();
  private joined: () => void = () => undefined;

  constructor(private readonly options: GroupConsumerOptions) {
    this.progress = new Progress(options.kafka, [...options.pumps.keys()], options.tuning.fetchWaitMs);
  }

  start(): void {
    void this.run().catch((error: unknown) => this.startAgain(error));
  }

  /**
   * Waits for the batches in hand, commits them and leaves the group. Told to leave while it joins, kafkajs 2.2.4 hears nothing of it, joins, and reads and
   * reconnects for ever: so it may join first.
   */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.restartTimer);
    for (const pump of this.options.pumps.values()) pump.stop();
    await Promise.race([this.joining, sleep(JOIN_PATIENCE_MS, undefined, { ref: false })]);
    await this.consumer
      ?.disconnect() // what it could not commit comes again
      .catch((error: unknown) =>
        this.logger.warn(`the consumer of ${this.options.groupId} did not leave in good order: ${reasonOf(error)}`),
      );
  }

  /** Throws when this membership has died without kafkajs noticing: only a restart of the process helps. */
  assertAlive(): void {
    const { groupId, pumps } = this.options;
    const busyMs = Math.max(0, ...[...pumps.values()].map((pump) => pump.busyMs()));
    if (busyMs > MAX_BATCH_MS) throw new Error(`a handler of ${groupId} does not return`);
    if (busyMs === 0 && this.progress.silentMs() > MAX_SILENCE_MS) throw new Error(`the consumer of ${groupId} has fallen silent`);
  }

  pause(place: Place): void {
    this.progress.pause(place);
    this.consumer?.pause([{ topic: place.topic, partitions: [place.partition] }]);
  }

  resume(place: Place): void {
    this.progress.resume(place);
    try {
      this.consumer?.resume([{ topic: place.topic, partitions: [place.partition] }]);
    } catch (error) {
      // After a crash kafkajs has no group until it has joined again, and says so by throwing; then nothing is paused.
      this.logger.debug(`${place.topic}/${place.partition} had nothing to resume: ${reasonOf(error)}`);
    }
  }

  passed(place: Place, offset: string): void {
    this.progress.passed(place, offset);
  }

  private async run(): Promise<void> {
    const { kafka, groupId, pumps, tuning } = this.options;
    const consumer = kafka.consumer({
      groupId,
      sessionTimeout: tuning.sessionTimeoutMs,
      rebalanceTimeout: tuning.rebalanceTimeoutMs,
      heartbeatInterval: tuning.heartbeatIntervalMs,
      maxBytesPerPartition: tuning.maxBytesPerPartition,
      maxWaitTimeInMs: tuning.fetchWaitMs,
      minBytes: tuning.fetchMinBytes,
      allowAutoTopicCreation: false,
    });
    this.consumer = consumer;
    this.progress.follow(consumer);
    consumer.on(consumer.events.GROUP_JOIN, () => void (this.failures = 0));
    consumer.on(consumer.events.FETCH_START, () => this.joined());
    consumer.on(consumer.events.CRASH, ({ payload }) => (payload.restart ? void this.joins() : this.startAgain(payload.error)));
    await consumer.connect();
    // From the beginning where the group has no offset yet: what was published before this service first ran is meant for it too.
    await consumer.subscribe({ topics: [...pumps.keys()], fromBeginning: true });
    if (this.stopped) return consumer.disconnect();
    const joined = this.joins();
    await consumer.run({
      autoCommit: false, // the pump commits once per slice, for all partitions in it
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: WORKERS,
      eachBatch: async (payload) => pumps.get(payload.batch.topic)?.handle(payload, this),
    });
    joined(); // or it failed and is starting over, which is another join
  }

  /** Returns how to say that it has joined. */
  private joins(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.joining = promise;
    this.joined = resolve;
    return resolve;
  }

  private startAgain(error: unknown): void {
    this.joined();
    if (this.stopped) return;
    this.progress.sign();
    this.failures += 1;
    const delayMs = backoffMs(this.failures, RESTART_BASE_MS, RESTART_MAX_MS);
    this.logger.warn(`the consumer of ${this.options.groupId} ended (${reasonOf(error)}), starting it again in ${Math.round(delayMs)} ms`);
    const old = this.consumer;
    this.restartTimer = setTimeout(() => {
      void old?.disconnect().catch(() => undefined); // it has failed already
      this.start();
    }, delayMs);
  }
}
