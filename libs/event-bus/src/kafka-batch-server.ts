import { randomUUID } from 'node:crypto';
import { topicNamed, type Topic } from '@daybreak/contracts';
import { BaseRpcContext, Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { CONSUMER_TUNING, type ConsumerTuning } from './consumer-tuning.js';
import type { BatchHandler } from './dispatch.js';
import type { EventBus } from './event-bus.js';
import { GroupConsumer } from './group-consumer.js';
import type { Rejection } from './received.js';
import { resourceName } from './resource-name.js';
import { TopicPump } from './topic-pump.js';

/** Which bus is consumed from, and as whom. */
export interface KafkaBatchServerOptions {
  readonly bus: EventBus;
  /** Consumer group as monitoring will see it, but for the namespace. */
  readonly group: string;
  readonly tuning?: Partial<ConsumerTuning>;
}

/** Second argument of `@EventPattern`. */
export interface EventPatternOptions {
  /**
   * Every process gets every event, from the beginning of the topic at each start, for a projection in memory. For compacted topics.
   * The group is the process's own and never commits, so the broker forgets it with its last member.
   */
  readonly perInstance?: boolean;
}

interface Subscription {
  readonly topic: Topic;
  readonly handlers: BatchHandler[];
}

/** Nest's door to Kafka: `@EventPattern(topics.x.name)` handlers get arrays of `Received`. Made by `connectEventBus`. */
export class KafkaBatchServer extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('daybreak.kafka');
  override readonly propagatesEventHandlerErrors = true; // the pump sees and logs every one
  private readonly shared = new Map<string, Subscription>();
  private readonly perInstance = new Map<string, Subscription>();
  private readonly tuning: ConsumerTuning;
  private consumers: GroupConsumer[] = [];
  private instanceConsumer: GroupConsumer | undefined;

  constructor(private readonly options: KafkaBatchServerOptions) {
    super();
    this.tuning = { ...CONSUMER_TUNING, ...options.bus.tuning, ...options.tuning };
  }

  override addHandler(pattern: unknown, callback: MessageHandler, isEventHandler = false, extras: EventPatternOptions = {}): void {
    const topic = typeof pattern === 'string' ? topicNamed(pattern) : undefined;
    if (topic === undefined) throw new Error(`no topic of the catalogue: ${String(pattern)}`);
    if (!isEventHandler) throw new Error(`${topic.name}: Kafka carries events; nobody answers a question here`);
    const subscriptions = extras.perInstance === true ? this.perInstance : this.shared;
    const subscription = subscriptions.get(topic.name) ?? { topic, handlers: [] };
    subscription.handlers.push(batchHandler(topic, callback));
    subscriptions.set(topic.name, subscription);
  }

  listen(callback: (error?: unknown) => void): void {
    const { bus, group } = this.options;
    if (this.shared.size > 0) this.consumers.push(this.consumerOf(this.shared, group, true));
    if (this.perInstance.size > 0) {
      this.instanceConsumer = this.consumerOf(this.perInstance, `${group}.${randomUUID()}`, false);
      this.consumers.push(this.instanceConsumer);
    }
    bus.register(this);
    for (const consumer of this.consumers) consumer.start();
    callback();
  }

  /** Finishes the batches in hand. Called by the event bus's own shutdown, before Nest comes to it. */
  async close(): Promise<void> {
    const consumers = this.consumers;
    this.consumers = [];
    await Promise.all(consumers.map((consumer) => consumer.stop()));
  }

  /** Resolves once every consumer is a member of its group. */
  async joined(): Promise<void> {
    await Promise.all(this.consumers.map(({ progress }) => progress.joined));
  }

  /** Resolves once the `perInstance` handlers have seen all that lay in their topics when this process joined. */
  async caughtUp(): Promise<void> {
    await this.instanceConsumer?.progress.caughtUp;
  }

  assertAlive(): void {
    for (const consumer of this.consumers) consumer.assertAlive();
  }

  on(): never {
    throw new Error('kafkajs events are watched inside the event bus');
  }

  unwrap<T>(): T {
    return this.options.bus.kafka as T;
  }

  private consumerOf(subscriptions: ReadonlyMap<string, Subscription>, group: string, commits: boolean): GroupConsumer {
    const { bus } = this.options;
    const pumps = [...subscriptions.values()].map(({ topic, handlers }) => {
      const pump = new TopicPump({ topic, handlers, group, commits, deadLetters: bus.deadLetters, tuning: this.tuning });
      return [resourceName(bus.namespace, topic.name), pump] as const;
    });
    return new GroupConsumer({ kafka: bus.kafka, groupId: resourceName(bus.namespace, group), pumps: new Map(pumps), tuning: this.tuning });
  }
}

/** A Nest handler as a plain function. Nest answers with a stream where a filter or an interceptor had a hand in it. */
const batchHandler =
  (topic: Topic, callback: MessageHandler): BatchHandler =>
  async (received) => {
    const result: unknown = await callback(received, new BaseRpcContext([topic.name]));
    const value: unknown = isObservable(result) ? await lastValueFrom(result, { defaultValue: undefined }) : result;
    return value as readonly Rejection[] | undefined;
  };
