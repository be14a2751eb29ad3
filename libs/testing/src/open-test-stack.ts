import { randomBytes, randomUUID } from 'node:crypto';
import { fromBinary, type Message } from '@bufbuild/protobuf';
import type { Topic } from '@daybreak/contracts';
import { Database, schemaNameOf } from '@daybreak/database';
import { EventBus, EventPublisher, dropTopics, ensureTopics, resourceName } from '@daybreak/event-bus';
import { systemClock } from '@daybreak/kernel';
import { prepareNamespace } from '@daybreak/local-stack';
import { testPrivacy } from './people.js';
import type { TestStack, TestStackOptions, Watched } from './real-stores.js';

const PARTITIONS = 2; // enough to be several; twenty-four of every topic for every test file would take seconds

/** See `testStack`. */
export async function openTestStack({ services }: TestStackOptions): Promise<TestStack> {
  const [databaseUrl, redisUrl, kafkaBrokers] = ['TEST_DATABASE_URL', 'TEST_REDIS_URL', 'TEST_KAFKA_BROKERS'].map(required) as [
    string,
    string,
    string,
  ];
  const namespace = `t${randomBytes(5).toString('hex')}`;
  const brokers = kafkaBrokers.split(',');
  await ensureTopics({ brokers, namespace, partitions: PARTITIONS }); // before prepareNamespace, which would create them in full size
  const prepared = await prepareNamespace({ databaseUrl, kafkaBrokers }, namespace, services);
  const clock = systemClock();
  const bus = new EventBus({ config: { NAMESPACE: namespace, KAFKA_BROKERS: brokers }, clientId: 'test', clock });
  const publisher = new EventPublisher(bus.producer, clock);
  const closers: (() => Promise<void>)[] = [() => bus.close()];

  return {
    namespace,
    redisUrl,
    kafkaBrokers,
    env: (service, over = {}) => ({
      NAMESPACE: namespace,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: '0',
      LOG_LEVEL: 'fatal', // faults are what medium tests are about
      KAFKA_BROKERS: kafkaBrokers,
      REDIS_URL: redisUrl,
      DATABASE_URL: urlOf(prepared.databaseUrls, service),
      ...prepared.secrets,
      ...testPrivacy.env,
      ...over,
    }),
    database(service) {
      const database = new Database({
        url: urlOf(prepared.databaseUrls, service),
        schema: schemaNameOf(service, namespace),
        poolSize: 2,
        applicationName: 'test',
      });
      closers.push(() => database.close());
      return database;
    },
    publish: (topic, ...events) => publisher.publish(topic, events),
    tombstone: (topic, ...keys) => publisher.tombstone(topic, keys),
    async watch<T extends Message>(topic: Topic<T>): Promise<Watched<T>> {
      const watched: Watched<T> = { events: [], keys: [], tombstones: [] };
      const consumer = bus.kafka.consumer({ groupId: `${namespace}.watch.${randomUUID()}` });
      closers.push(() => consumer.disconnect());
      await consumer.connect();
      await consumer.subscribe({ topic: resourceName(namespace, topic.name), fromBeginning: true });
      await consumer.run({
        eachMessage: async ({ message }) => {
          const key = message.key?.toString() ?? '';
          watched.keys.push(key);
          if (message.value === null) watched.tombstones.push(key);
          else watched.events.push(fromBinary(topic.schema, message.value));
        },
      });
      return watched;
    },
    async stop() {
      await Promise.all(closers.reverse().map((close) => close()));
      await dropTopics({ brokers, namespace });
    },
  };
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: medium tests run through \`npm run test:medium\`, which starts the stores`);
  return value;
}

function urlOf(databaseUrls: Readonly<Record<string, string>>, service: string): string {
  const url = databaseUrls[service];
  if (url === undefined) throw new Error(`the test stack was not asked for ${service}, or it has no migrations`);
  return url;
}
