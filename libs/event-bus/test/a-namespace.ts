import { randomBytes, randomUUID } from 'node:crypto';
import { create, fromBinary, type Message } from '@bufbuild/protobuf';
import { RecipientUpsertedSchema, type RecipientUpserted, type Topic } from '@daybreak/contracts';
import { systemClock } from '@daybreak/kernel';
import { dropTopics, ensureTopics } from '../src/ensure-topics.js';
import { EventBus } from '../src/event-bus.js';
import { EventPublisher } from '../src/event-publisher.js';
import type { EventBusConfig } from '../src/kafka-client.js';
import { resourceName } from '../src/resource-name.js';

/** What was seen on a topic so far, in the order it came; undefined for a tombstone. */
export interface Seen<T> {
  readonly key: string;
  readonly event: T | undefined;
  readonly eventId: string;
}

/** A namespace of one's own on the stack of the medium tests, with the catalogue's topics in it. */
export interface Namespace {
  readonly config: EventBusConfig;
  readonly publisher: EventPublisher;
  readonly bus: EventBus;
  /** Everything on the topic, from its beginning on. */
  watch<T extends Message>(topic: Topic<T>): Promise<Seen<T>[]>;
  drop(): Promise<void>;
}

export function testAddress(name: 'TEST_DATABASE_URL' | 'TEST_REDIS_URL' | 'TEST_KAFKA_BROKERS'): string {
  const address = process.env[name];
  if (address === undefined) throw new Error(`${name} is not set: run \`npm run test:medium\`, which starts the stores`);
  return address;
}

export async function aNamespace(partitions = 2): Promise<Namespace> {
  const brokers = testAddress('TEST_KAFKA_BROKERS').split(',');
  const namespace = `t${randomBytes(5).toString('hex')}`;
  await ensureTopics({ brokers, namespace, partitions });
  const config = { NAMESPACE: namespace, KAFKA_BROKERS: brokers, KAFKA_SESSION_TIMEOUT_MS: 6_000 };
  const clock = systemClock();
  const bus = new EventBus({ config, clientId: 'test', clock });
  const closers: (() => Promise<void>)[] = [() => bus.close()];
  return {
    config,
    bus,
    publisher: new EventPublisher(bus.producer, clock),
    async watch<T extends Message>(topic: Topic<T>): Promise<Seen<T>[]> {
      const seen: Seen<T>[] = [];
      const consumer = bus.kafka.consumer({ groupId: `${namespace}.watch.${randomUUID()}` });
      closers.push(() => consumer.disconnect());
      await consumer.connect();
      await consumer.subscribe({ topic: resourceName(namespace, topic.name), fromBeginning: true });
      await consumer.run({
        eachMessage: ({ message }) => {
          seen.push({
            key: message.key?.toString() ?? '',
            event: message.value === null ? undefined : fromBinary(topic.schema, message.value),
            eventId: message.headers?.['ce_id']?.toString() ?? '',
          });
          return Promise.resolve();
        },
      });
      return seen;
    },
    async drop() {
      await Promise.all(closers.map((close) => close()));
      await dropTopics({ brokers, namespace });
    },
  };
}

/** A recipient whose language says how the specimen is to take it. */
export const aRecipient = (language = 'en'): RecipientUpserted =>
  create(RecipientUpsertedSchema, { recipientId: `adv-${randomUUID()}`, tenantId: 'main', language });

/** Repeats an assertion until it holds; after the bound, fails with what it said last. */
export async function eventually<T>(assertion: () => T | Promise<T>, timeoutMs = 15_000): Promise<T> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() >= giveUpAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}
