import { createServer, type AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { create } from '@bufbuild/protobuf';
import { DeliveryStatusObservedSchema, topics } from '@daybreak/contracts';
import type { Database } from '@daybreak/database';
import { EventBus, EventPublisher } from '@daybreak/event-bus';
import { systemClock } from '@daybreak/kernel';
import { createLogger } from '@daybreak/observability';
import { Logger } from '@nestjs/common';
import { eventually, testStack, type TestStack } from '@daybreak/testing';
import { recordOf } from '../src/edge/edge-record.js';
import { HandOver } from '../src/edge/hand-over.js';

const PATIENCE_MS = 1_000;

/** An address at which nobody answers. */
const nowhere = async (): Promise<string> => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
};

/** A publisher that can lose Kafka and get it back: two real ones, one of them with brokers that are not there. */
const fickle = async (stack: TestStack) => {
  const busAt = (brokers: string) =>
    new EventBus({ config: { NAMESPACE: stack.namespace, KAFKA_BROKERS: brokers.split(',') }, clientId: 'test', clock: systemClock() });
  const [there, away] = [busAt(stack.kafkaBrokers), busAt(await nowhere())];
  await there.producer.warmUp();
  let kafka = there;
  const publisher = {
    publishEncoded: (...args: Parameters<EventPublisher['publishEncoded']>) =>
      new EventPublisher(kafka.producer, systemClock()).publishEncoded(...args),
  } as EventPublisher;
  return {
    publisher,
    lose: () => void (kafka = away),
    regain: () => void (kafka = there),
    close: () => Promise.all([there.close(), away.close()]),
  };
};

const aRecord = (wamidHash: string) => recordOf(topics.deliveryStatusObserved, create(DeliveryStatusObservedSchema, { wamidHash }));

describe(HandOver.name, () => {
  let stack: TestStack;
  let database: Database;
  let kafka: Awaited<ReturnType<typeof fickle>>;
  let sut: HandOver;

  beforeAll(async () => {
    Logger.overrideLogger(false); // kafkajs says much about brokers that are not there
    stack = await testStack({ services: ['ingest'] });
    database = stack.database('ingest');
    kafka = await fickle(stack);
    sut = new HandOver(kafka.publisher, database, createLogger('test', { level: 'silent' }), { WEBHOOK_KAFKA_PATIENCE_MS: PATIENCE_MS });
  });

  afterAll(async () => {
    await kafka.close();
    await stack.stop();
  });

  const spooled = async (): Promise<number> => (await database.query<{ n: number }>('select count(*) as n from spool'))[0]?.n ?? 0;

  it('uses the spool while Kafka is away, and brings everything to Kafka in the order it came', async () => {
    const seen = await stack.watch(topics.deliveryStatusObserved);
    const key = randomUUID(); // one key, hence one partition, hence one order
    const inOrder = Array.from({ length: 1_200 }, (_, n) => create(DeliveryStatusObservedSchema, { deliveryId: key, attempt: n }));
    const hand = (from: number, to: number) =>
      sut.all(inOrder.slice(from, to).map((event) => recordOf(topics.deliveryStatusObserved, event)));

    await expect(hand(0, 300)).resolves.toBe('kafka');
    kafka.lose();
    await expect(hand(300, 700)).resolves.toBe('spool');
    await expect(hand(700, 1_000)).resolves.toBe('spool');
    await sut.drain();
    expect(await spooled()).toBe(700);

    kafka.regain();
    await expect(hand(1_000, 1_100)).resolves.toBe('spool'); // behind what lies there
    await sut.drain();
    await expect(hand(1_100, 1_200)).resolves.toBe('kafka');

    expect(await spooled()).toBe(0);
    await eventually(() => expect(seen.events.filter((e) => e.deliveryId === key)).toHaveLength(1_200));
    expect(seen.events.filter((e) => e.deliveryId === key).map((e) => e.attempt)).toEqual(inOrder.map((e) => e.attempt));
  });

  it('finds what an earlier process left in the spool', async () => {
    const seen = await stack.watch(topics.deliveryStatusObserved);
    const left = randomUUID();
    kafka.lose();
    await sut.all([aRecord(left)]);
    kafka.regain();

    await new HandOver(kafka.publisher, database, createLogger('test', { level: 'silent' }), {
      WEBHOOK_KAFKA_PATIENCE_MS: PATIENCE_MS,
    }).drain();

    await eventually(() => expect(seen.keys).toContain(left));
  });

  it('refuses when neither Kafka nor Postgres takes the events', async () => {
    kafka.lose();
    const noDatabase = { execute: () => Promise.reject(new Error('connection refused')) } as unknown as Database;
    const lonely = new HandOver(kafka.publisher, noDatabase, createLogger('test', { level: 'silent' }), {
      WEBHOOK_KAFKA_PATIENCE_MS: PATIENCE_MS,
    });

    await expect(lonely.all([aRecord(randomUUID())])).rejects.toThrow('connection refused');
  });
});
