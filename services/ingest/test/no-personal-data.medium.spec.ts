import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newLocalToken } from '@daybreak/access';
import { signatureOf } from '@daybreak/cloud-api';
import { allTopics, topics } from '@daybreak/contracts';
import { EventBus, resourceName } from '@daybreak/event-bus';
import { systemClock } from '@daybreak/kernel';
import { aPhoneNumber, aRecipientUpserted, aWamid, eventually, testStack, type TestStack } from '@daybreak/testing';
import { Redis } from 'ioredis';
import { startIngestProcess, type IngestProcess } from './ingest-process.js';
import {
  aNumberChangedWebhook,
  aPreferenceWebhook,
  aStatusWebhook,
  aTapWebhook,
  anInboundWebhook,
  anUnknownWebhook,
} from './ingest-world.js';

const SECRET = randomBytes(16).toString('hex');
const VERIFY_TOKEN = randomBytes(16).toString('hex');
const everything = newLocalToken('tester', ['operator', 'dpo']);

/**
 * Everything that ingest does with people, the wrong ways included; then everything it wrote is searched for them: what it printed, Redis,
 * Kafka (dead letters among it), Postgres. The numbers are this test's alone, so one hit is a leak.
 */
describe('phone numbers, wamids and tokens', () => {
  let stack: TestStack;
  let ingest: IngestProcess;
  let bus: EventBus;
  let consumer: ReturnType<EventBus['kafka']['consumer']>;
  const secrets: string[] = [SECRET, VERIFY_TOKEN, everything.token];
  const kafka: { readonly topic: string; readonly bytes: string }[] = [];

  const someone = (): string => {
    const e164 = aPhoneNumber();
    secrets.push(e164.slice(3)); // ten digits: any spelling of it
    return e164;
  };
  const someWamid = (e164: string): string => {
    const wamid = aWamid(e164);
    secrets.push(wamid.slice('wamid.'.length));
    return wamid;
  };
  const webhook = (body: unknown, secret = SECRET): Promise<Response> => {
    const bytes = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signatureOf(Buffer.from(bytes), secret) };
    return fetch(`${ingest.url}/webhooks/whatsapp`, { method: 'POST', body: bytes, headers });
  };
  const api = (method: string, path: string, body?: string, type = 'application/json'): Promise<Response> =>
    fetch(`${ingest.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${everything.token}`, ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body }),
    });

  beforeAll(async () => {
    stack = await testStack({ services: ['ingest'] });
    ingest = await startIngestProcess(
      stack.env('ingest', {
        LOG_LEVEL: 'trace',
        WEBHOOK_APP_SECRETS: SECRET,
        WEBHOOK_VERIFY_TOKEN: VERIFY_TOKEN,
        ACCESS_TOKENS: everything.entry,
      }),
    );
    bus = new EventBus({
      config: { NAMESPACE: stack.namespace, KAFKA_BROKERS: stack.kafkaBrokers.split(',') },
      clientId: 'test',
      clock: systemClock(),
    });
    consumer = bus.kafka.consumer({ groupId: `${stack.namespace}.search` });
    await consumer.connect();
    // What the back office sends us may hold a number outside of production; that topic is not ours.
    const ours = allTopics.filter(({ name }) => name !== topics.recipientUpserted.name);
    await consumer.subscribe({ topics: ours.map(({ name }) => resourceName(stack.namespace, name)), fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ topic, message }) => {
        const parts = [message.key, message.value, JSON.stringify(message.headers)].map((part) => part?.toString('latin1') ?? '');
        kafka.push({ topic, bytes: parts.join(' ') });
      },
    });
  }, 120_000);

  afterAll(async () => {
    await ingest.stop();
    await consumer.disconnect();
    await bus.close();
    await stack.stop();
  });

  const seen = (topic: { readonly name: string }): number =>
    kafka.filter((one) => one.topic === resourceName(stack.namespace, topic.name)).length;

  it('are nowhere but sealed, whatever goes well or wrong', async () => {
    const database = stack.database('ingest');
    const known = someone();
    const recipient = aRecipientUpserted({ address: { case: 'phoneNumber', value: known } });
    const wrong = aRecipientUpserted({ address: { case: 'phoneNumber', value: someone() }, optIns: [{ purpose: 'content' }] });
    await stack.publish(topics.recipientUpserted, recipient, wrong);
    await eventually(async () => expect((await api('GET', `/consents/recipients/${recipient.recipientId}`)).status).toBe(200));

    // What Meta sends: good, unknown, in the wrong place, unreadable, by a stranger.
    const stranger = someone();
    const bodies: unknown[] = [
      anInboundWebhook(known, 'STOP', { wamid: someWamid(known) }),
      anInboundWebhook(stranger, `call me on ${someone()}`, { wamid: someWamid(stranger) }),
      anInboundWebhook(stranger, 'pause for 7 days', { wamid: someWamid(stranger) }),
      aTapWebhook(known, 'daybreak.pack'),
      aTapWebhook(known, `payload ${someone()}`),
      aPreferenceWebhook(known, 'stop', Date.now()),
      aNumberChangedWebhook(known, someone()),
      aStatusWebhook({ to: known, wamid: someWamid(known), status: 'failed', errorCode: 131050 }),
      aStatusWebhook({ to: known, wamid: someWamid(known), reference: `d.${someone()}` }),
      aStatusWebhook({ to: known, status: `status of ${someone()}` }),
      anUnknownWebhook(`field ${someone()}`),
      `{"entry": "${someone()}"}`,
      `no JSON, but ${someone()}`,
    ];
    for (const body of bodies) expect((await webhook(body)).status).toBe(200);
    expect((await webhook(anInboundWebhook(someone(), 'STOP'), 'guessed')).status).toBe(401);
    await fetch(`${ingest.url}/webhooks/whatsapp?hub.mode=subscribe&hub.verify_token=${VERIFY_TOKEN}&hub.challenge=1`);
    await fetch(`${ingest.url}/nowhere/${encodeURIComponent(someone())}`);

    // What people type: right, wrong, in the wrong field.
    const statement = { purpose: 'content', change: 'stop', saidAt: new Date().toISOString(), channel: 'branch' };
    const said = (over: object): Promise<Response> => api('POST', '/consents', JSON.stringify({ ...statement, ...over }));
    expect((await said({ phoneNumber: someone(), wording: `I said so from ${someone()}`, proof: someone() })).status).toBe(201);
    expect((await said({ phoneNumber: `+${someone()}${someone()}` })).status).toBe(400);
    expect((await said({ recipientId: someone().slice(1) })).status).toBe(400);
    expect((await said({ recipientId: 'a', [someone()]: someone() })).status).toBe(400);
    expect(
      (await said({ recipientId: 'a', purpose: someone(), change: someone(), saidAt: someone(), noticeVersion: someone() })).status,
    ).toBe(400);
    expect((await api('POST', '/consents', `{"phoneNumber": "${someone()}"`)).status).toBe(400);
    expect((await api('POST', '/consents/lookup', JSON.stringify({ phoneNumber: someone() }))).status).toBe(200);
    expect((await api('GET', `/consents/recipients/${encodeURIComponent(someone())}`)).status).toBe(400);
    const csv = `phone_number,purpose,change,said_at,channel,wording,notice_version\n${someone()},content,start,2026-10-01T00:00:00Z,web,Yes from ${someone()},1\n${someone()},${someone()},start,${someone()},web\n`;
    expect((await api('POST', '/consents/import', csv, 'text/csv')).status).toBe(200);
    expect((await api('POST', '/consents/import', `${someone()},content,start\n`, 'text/csv')).status).toBe(400);
    expect((await api('POST', '/consents/erasures', JSON.stringify({ phoneNumber: stranger }))).status).toBe(200);
    expect((await fetch(`${ingest.url}/consents/export`, { headers: { authorization: `Bearer ${everything.token}x` } })).status).toBe(401);

    // A Postgres that refuses: what is written about it, and what waits in the spool.
    await database.execute(
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = current_user and pid <> pg_backend_pid()`,
    );
    for (let n = 0; n < 5; n += 1) await webhook(anInboundWebhook(someone(), `STOP`, { wamid: someWamid(known) }));
    const marker = `wamid.${randomUUID()}`;
    await eventually(async () => expect((await webhook(aStatusWebhook({ wamid: marker }))).status).toBe(200));

    await eventually(() => {
      expect([seen(topics.consentChanged), seen(topics.replyRequested), seen(topics.deadLetter)].every((n) => n > 0)).toBe(true);
      expect(seen(topics.deliveryStatusObserved)).toBeGreaterThanOrEqual(4);
      expect(seen(topics.auditRecorded)).toBeGreaterThanOrEqual(3);
      expect(seen(topics.inboundReceived)).toBeGreaterThanOrEqual(5);
    });
    await ingest.stop(); // the last lines too

    const redis = new Redis(stack.redisUrl);
    const stream = JSON.stringify(await redis.xrange(`${stack.namespace}.consent-direct`, '-', '+'));
    redis.disconnect();
    const tables = await database.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE'`,
    );
    const dumps = await Promise.all(
      tables.map(async ({ name }) => JSON.stringify(await database.query<{ row: string }>(`select t::text as row from "${name}" t`))),
    );
    expect(tables.length).toBeGreaterThan(8);
    expect(stream).toContain(recipient.recipientId);
    expect(ingest.output()).toContain('listening');

    const leaks = (where: string, text: string): string[] =>
      secrets
        .filter((secret) => text.includes(secret) || text.includes(Buffer.from(secret).toString('hex')))
        .map((secret) => `${where}: ${secret}`);
    expect(leaks('output', ingest.output())).toEqual([]);
    expect(leaks('Redis', stream)).toEqual([]);
    expect(tables.flatMap(({ name }, index) => leaks(`table ${name}`, dumps[index] ?? ''))).toEqual([]);
    expect(kafka.flatMap(({ topic, bytes }) => leaks(topic, bytes))).toEqual([]);
    expect(secrets.length).toBeGreaterThan(40);
  }, 90_000);
});
