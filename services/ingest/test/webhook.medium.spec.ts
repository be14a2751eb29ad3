import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ObservedStatus, ReferenceKind, topics, type DeliveryStatusObserved } from '@daybreak/contracts';
import { encodeReference } from '@daybreak/delivery';
import { aPhoneNumber, aWamid, eventually, testPrivacy, type Watched } from '@daybreak/testing';
import {
  PHONE_NUMBER_ID,
  VERIFY_TOKEN,
  WABA_ID,
  aStatusWebhook,
  anInboundWebhook,
  anUnknownWebhook,
  startIngest,
  type IngestWorld,
} from './ingest-world.js';

describe('the webhook edge', () => {
  let world: IngestWorld;
  let statuses: Watched<DeliveryStatusObserved>;

  beforeAll(async () => {
    world = await startIngest();
    statuses = await world.stack.watch(topics.deliveryStatusObserved);
  });

  afterAll(() => world.stop());

  it('acknowledges a status when Kafka has it, keyed by the delivery of its reference', async () => {
    const [deliveryId, to] = [randomUUID(), aPhoneNumber()];
    const wamid = aWamid(to);
    const reference = encodeReference({ kind: 'd', runId: 'main-20261122-0600', deliveryId, attempt: 2, epoch: 7 });

    const response = await world.post(aStatusWebhook({ wamid, status: 'delivered', reference, to, atMs: 1_795_300_000_000 }));

    expect(response.status).toBe(200);
    await eventually(() => expect(statuses.keys).toContain(deliveryId));
    expect(statuses.events.find((e) => e.deliveryId === deliveryId)).toMatchObject({
      runId: 'main-20261122-0600',
      attempt: 2,
      epoch: 7n,
      referenceKind: ReferenceKind.DELIVERY,
      status: ObservedStatus.DELIVERED,
      wamidHash: testPrivacy.wamidKeys.keyOf(wamid),
      addressKey: '', // whose it is says the reference
      phoneNumberId: PHONE_NUMBER_ID,
      wabaId: WABA_ID,
      occurredAt: { seconds: 1_795_300_000n, nanos: 0 },
    });
  });

  it('keys a status of a message that is not ours by its hash, and keeps a word it does not know', async () => {
    const to = aPhoneNumber();
    const wamid = aWamid(to);

    await world.post(aStatusWebhook({ wamid, to, status: 'pondered' }));

    const hash = testPrivacy.wamidKeys.keyOf(wamid);
    await eventually(() => expect(statuses.keys).toContain(hash));
    expect(statuses.events.find((e) => e.wamidHash === hash)).toMatchObject({
      deliveryId: '',
      addressKey: testPrivacy.addressKeys.keyOf(to),
      status: ObservedStatus.UNSPECIFIED,
      rawStatus: 'pondered',
    });
  });

  it.each([
    ['without a signature', ''],
    ['of another secret', `sha256=${'ab'.repeat(32)}`],
    ['too short', 'sha256=abcd'],
    ['not hex', `sha256=${'zz'.repeat(32)}`],
    ['by SHA-1', `sha1=${'ab'.repeat(20)}`],
  ])('refuses a webhook %s, and publishes nothing of it', async (_, signature) => {
    const wamid = aWamid(aPhoneNumber());

    const response = await world.post(aStatusWebhook({ wamid }), signature);

    expect(response.status).toBe(401);
    await world.post(aStatusWebhook({ wamid: 'wamid.the-one-after' }));
    await eventually(() => expect(statuses.keys).toContain(testPrivacy.wamidKeys.keyOf('wamid.the-one-after')));
    expect(statuses.keys).not.toContain(testPrivacy.wamidKeys.keyOf(wamid));
  });

  it('verifies the bytes, not the meaning: escapes that Meta signed stay as they were', async () => {
    const body = JSON.stringify(anInboundWebhook(aPhoneNumber(), 'नमस्ते 🙏')).replace(
      /[^\x20-\x7e]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );

    expect((await world.post(body)).status).toBe(200);
  });

  it('refuses more than 3 MiB with 413', async () => {
    expect((await world.post(`{"filler":"${'x'.repeat(3 * 1_048_576)}"}`)).status).toBe(413);
  });

  it.each([
    ['null', 'null'],
    ['a list', '[]'],
    ['an empty object', '{}'],
    ['no JSON at all', '<html>'],
  ])('survives a signed body that is %s', async (_, body) => {
    expect((await world.post(body)).status).toBe(200);
  });

  it('keeps what it cannot read, once, sealed', async () => {
    const webhook = anUnknownWebhook('group_settings_update');

    expect([(await world.post(webhook)).status, (await world.post(webhook)).status]).toEqual([200, 200]);

    const kept = await world.stack
      .database('ingest')
      .query<{ sealed_update: Buffer }>(`select sealed_update from unhandled_update where field = 'group_settings_update'`);
    expect(kept).toHaveLength(1);
    expect(kept[0]?.sealed_update.toString('latin1')).not.toContain('cannot');
  });

  it('splits a body with a thousand updates', async () => {
    const one = aStatusWebhook() as { entry: [{ changes: [{ value: { statuses: object[] } }] }] };
    const wamids = Array.from({ length: 1_000 }, () => `wamid.${randomUUID()}`);
    one.entry[0].changes[0].value.statuses = wamids.map((id) => ({
      id,
      status: 'sent',
      timestamp: '1795300000',
      recipient_id: '917000000001',
    }));

    expect((await world.post(one)).status).toBe(200);

    const hashes = wamids.map((wamid) => testPrivacy.wamidKeys.keyOf(wamid));
    await eventually(() => expect(new Set(statuses.keys)).toEqual(new Set([...statuses.keys, ...hashes])));
  });

  it('answers the handshake with the bare challenge as text, and only to who knows the token', async () => {
    const handshake = (token: string, challenge = '1158201444') =>
      fetch(
        `${world.ingest.url}/webhooks/whatsapp?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=${encodeURIComponent(challenge)}`,
      );

    const answer = await handshake(VERIFY_TOKEN, '<script>alert(1)</script>');
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      200,
      expect.stringMatching(/^text\/plain/),
      '<script>alert(1)</script>',
    ]);
    expect((await handshake('guess')).status).toBe(403);
  });
});
