import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ConsentState, topics, type ConsentChanged, type InboundReceived } from '@daybreak/contracts';
import type { Database } from '@daybreak/database';
import { EventBus } from '@daybreak/event-bus';
import { systemClock } from '@daybreak/kernel';
import { aPhoneNumber, aRecipientUpserted, aWamid, eventually, testPrivacy, type Watched } from '@daybreak/testing';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { anInboundWebhook, startIngest, type IngestWorld } from './ingest-world.js';

const PATIENCE_MS = 300;

/** Brokers at which nobody answers. */
async function nowhere(namespace: string): Promise<EventBus> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return new EventBus({ config: { NAMESPACE: namespace, KAFKA_BROKERS: [`127.0.0.1:${port}`] }, clientId: 'test', clock: systemClock() });
}

describe('a STOP while Kafka is away', () => {
  let world: IngestWorld;
  let database: Database;
  let redis: Redis;
  let away: EventBus;
  let changes: Watched<ConsentChanged>;
  let inbound: Watched<InboundReceived>;

  beforeAll(async () => {
    world = await startIngest({ env: { WEBHOOK_KAFKA_PATIENCE_MS: String(PATIENCE_MS) } });
    database = world.stack.database('ingest');
    redis = new Redis(world.stack.redisUrl);
    away = await nowhere(world.stack.namespace);
    [changes, inbound] = await Promise.all([world.stack.watch(topics.consentChanged), world.stack.watch(topics.inboundReceived)]);
    Logger.overrideLogger(false); // kafkajs says much about brokers that are not there
  });

  afterAll(async () => {
    jest.restoreAllMocks();
    await away.close();
    redis.disconnect();
    await world.stop();
  });

  it('is committed and with the senders before it is acknowledged; Kafka hears of it when it is back', async () => {
    const e164 = aPhoneNumber();
    const wamid = aWamid(e164);
    const recipient = aRecipientUpserted({ address: { case: 'phoneNumber', value: e164 } });
    await world.stack.publish(topics.recipientUpserted, recipient);
    const lastHeard = () =>
      changes.events.findLast((e) => e.recipientId === recipient.recipientId)?.purposes.find((p) => p.purpose === 'content')?.state;
    await eventually(() => expect(lastHeard()).toBe(ConsentState.OPTED_IN));

    // Whatever ingest publishes, webhook events and outbox alike, goes to brokers that are not there.
    const producer = world.ingest.app.get(EventBus).producer;
    const lost = jest.spyOn(producer, 'send').mockImplementation((records, options) => away.producer.send(records, options));
    const response = await world.post(anInboundWebhook(e164, 'STOP', { wamid }));

    expect(response.status).toBe(200);
    const states = await database.query('select state from consent_state where recipient_id = $1', [recipient.recipientId]);
    expect(states).toEqual([{ state: 'opted_out' }, { state: 'opted_out' }, { state: 'opted_out' }]);
    const direct = await redis.xrange(`${world.stack.namespace}.consent-direct`, '-', '+');
    const told = direct
      .map(([, fields]) => fields)
      .filter((fields) => fields.includes(recipient.recipientId) && fields.includes('opted_out'));
    expect(told).toHaveLength(3); // one per purpose
    expect(await database.query('select topic from spool')).toEqual([{ topic: topics.inboundReceived.name }]);
    expect(await database.query('select topic from outbox where topic = $1', [topics.consentChanged.name])).toHaveLength(1);
    expect(lost).toHaveBeenCalled();

    lost.mockRestore();
    await eventually(() => expect(lastHeard()).toBe(ConsentState.OPTED_OUT), { timeoutMs: 20_000 });
    const hash = testPrivacy.wamidKeys.keyOf(wamid);
    await eventually(() => expect(inbound.events.map((e) => e.wamidHash)).toContain(hash), { timeoutMs: 20_000 });
  });
});
