import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import {
  ObservedStatus,
  ReferenceKind,
  ReplyRequestedSchema,
  topics,
  type AlertRaised,
  type DeadLetter,
  type DeliveryPlanned,
  type ShardReported,
} from '@daybreak/contracts';
import { uuidV5 } from '@daybreak/kernel';
import {
  aContentPackReady,
  aDeliveryPlanned,
  aDeliveryStatusObserved,
  aPhoneNumber,
  aTemplateState,
  eventually,
  MORNING,
  testPrivacy,
  type Watched,
} from '@daybreak/testing';
import { IMAGE, IMAGE_SHA256 } from './fake-meta.js';
import { clockSpec, PHONE_1, PHONE_2, senderWorld, twoNumbers, type SenderWorld } from './sender-world.js';

const TEMPLATE_PAUSED = 132015;
const LOST_ANSWER = 'Nobody hears that this arrived.';
const template = (name: string, language: string) => ({
  name,
  language,
  bodyParameterNames: ['name'],
  namedParameters: true,
  hasImageHeader: true,
});

describe('trouble on the way', () => {
  let world: SenderWorld;
  let reported: Watched<ShardReported>;
  let deadLetters: Watched<DeadLetter>;
  let alerts: Watched<AlertRaised>;
  let english: DeliveryPlanned[];
  let hindi: DeliveryPlanned[];
  let personal: DeliveryPlanned[];
  let pausedTemplates: readonly string[] = ['daily_pack_v1/en', 'daily_pack_v1/hi'];
  let refusedMediaIds: readonly string[] = [];

  const messagesOf = (deliveries: readonly DeliveryPlanned[]) => {
    const ids = new Set(deliveries.map(({ deliveryId }) => deliveryId));
    return world.meta.accepted.filter(({ reference }) => ids.has(reference?.deliveryId ?? ''));
  };

  beforeAll(async () => {
    world = await senderWorld();
    const { stack, meta } = world;
    meta.treat = (_, __, body) => {
      if (body.text?.body === LOST_ANSWER) return 'lost';
      const key = `${body.template?.name}/${body.template?.language.code}`;
      if (pausedTemplates.includes(key)) return { code: TEMPLATE_PAUSED };
      const image = body.template?.components?.[0]?.parameters[0]?.['image'] as { id?: string } | undefined;
      return image?.id !== undefined && refusedMediaIds.includes(image.id) ? { code: 100 } : 'accept';
    };
    [reported, deadLetters, alerts] = await Promise.all([
      stack.watch(topics.shardReported),
      stack.watch(topics.deadLetter),
      stack.watch(topics.alertRaised),
    ]);
    await stack.publish(topics.shardState, ...twoNumbers());
    // English has a standby, Hindi has none.
    await stack.publish(
      topics.contentPackReady,
      aContentPackReady({
        parts: [{ kind: 1, url: meta.assetUrl, sha256: IMAGE_SHA256, mediaType: 'image/jpeg', sizeBytes: BigInt(IMAGE.length) }],
      }),
    );
    await world.pod(clockSpec(9_000, 10), { SHARD_ORDINAL: '0' });
    english = await world.plan(6, 30_000, { template: template('daily_pack_v1', 'en'), standbyTemplate: template('daily_pack_v2', 'en') });
    hindi = await world.plan(6, 30_000, { template: template('daily_pack_v1', 'hi') });
    personal = await world.plan(2, 30_000, {
      template: template('daily_pack_v3', 'en'),
      headerMedia: {
        sha256: 'ab'.repeat(32),
        url: `${meta.url}/assets/altered.jpg`,
        mediaType: 'image/jpeg',
        sizeBytes: BigInt(IMAGE.length),
      },
    });
  }, 60_000);

  afterAll(() => world.stop());

  it('uploads a shared pack once to every number, spares included, and fetches it once', async () => {
    await eventually(() => expect(world.meta.uploads.toSorted()).toEqual([PHONE_1, PHONE_2]), { timeoutMs: 20_000 });
    expect(world.meta.fetches).toBeLessThanOrEqual(2); // once for the pack, once for the altered one
  });

  it('dead-letters a plan that cannot be sent from, naming every field, and keeps the rest', async () => {
    const good = aDeliveryPlanned({ recipientId: 'adv-good', sealedAddress: testPrivacy.addresses.seal(aPhoneNumber(), 'adv-good') });
    const bad = aDeliveryPlanned({ deliveryId: uuidV5('another'), sealedAddress: new Uint8Array(), bodyParameters: {} });
    await world.stack.publish(topics.deliveryPlanned, bad, good);

    await eventually(() => expect(deadLetters.events).toHaveLength(1), { timeoutMs: 10_000 });
    expect(deadLetters.events[0]?.violations.map(({ field }) => field).toSorted()).toEqual([
      'body_parameters',
      'delivery_id',
      'sealed_address',
    ]);
    await eventually(async () =>
      expect((await world.database.query(`select 1 from delivery where recipient_id = 'adv-good'`)).length).toBe(1),
    );
  }, 30_000);

  it('goes by the standby when Meta pauses a template', async () => {
    await eventually(() => expect(messagesOf(english)).toHaveLength(english.length), { timeoutMs: 40_000 });
    expect(new Set(messagesOf(english).map(({ body }) => body.template?.name))).toEqual(new Set(['daily_pack_v2']));
  }, 60_000);

  it('keeps the rows of a paused template without standby, says so, and sends them when Meta takes it back', async () => {
    await eventually(
      () =>
        expect(reported.events.findLast(({ shardId }) => shardId === 'shard-1')?.breakers).toContainEqual(
          expect.stringContaining('daily_pack_v1/hi'),
        ),
      { timeoutMs: 10_000 },
    );
    expect(messagesOf(hindi)).toEqual([]);

    pausedTemplates = [];
    const approved = aTemplateState({ language: 'hi', version: 9n, changedAt: timestampFromMs(MORNING.closesMs) });
    await world.stack.publish(topics.templateState, approved);

    await eventually(() => expect(messagesOf(hindi)).toHaveLength(hindi.length), { timeoutMs: 20_000 });
  }, 60_000);

  it('sends the link of an asset whose bytes are not those that were approved', async () => {
    await eventually(() => expect(messagesOf(personal)).toHaveLength(personal.length), { timeoutMs: 20_000 });
    const images = messagesOf(personal).map(({ body }) => body.template?.components?.[0]?.parameters[0]?.['image']);
    expect(images).toEqual(Array(personal.length).fill({ link: `${world.meta.url}/assets/altered.jpg` }));
  }, 30_000);

  it('goes by link, then by a new id, when Meta does not know a media id', async () => {
    refusedMediaIds = ['media-1', 'media-2'];
    const late = await world.plan(2, 1, { template: template('daily_pack_v3', 'en'), dueAt: timestampFromMs(MORNING.opensMs + 200_000) });

    await eventually(() => expect(messagesOf(late)).toHaveLength(late.length), { timeoutMs: 30_000 });
    await eventually(() => expect(world.meta.uploads.length).toBeGreaterThan(2), { timeoutMs: 10_000 });
  }, 60_000);

  it('answers people ahead of the campaign, inside their service window only', async () => {
    const ask = (name: string, closesInMs: number) =>
      create(ReplyRequestedSchema, {
        replyId: uuidV5(name),
        phoneNumberId: PHONE_1,
        recipientId: name,
        sealedAddress: testPrivacy.addresses.seal(aPhoneNumber(), name),
        content: { case: 'text', value: 'You will not hear from us again.' },
        language: 'en',
        purpose: 'stop-confirmed',
        serviceWindowClosesAt: timestampFromMs(MORNING.opensMs + closesInMs),
        requestedAt: timestampFromMs(MORNING.opensMs - 1_000),
      });
    await world.stack.publish(
      topics.replyRequested,
      ask('asks-in-time', 86_400_000),
      ask('asks-too-late', -60_000),
      ask('asks-in-time', 86_400_000),
    );

    const replies = () => world.meta.accepted.filter(({ body }) => body.type === 'text');
    await eventually(() => expect(replies()).toHaveLength(1), { timeoutMs: 10_000 });
    expect(replies()[0]).toMatchObject({
      phoneNumberId: PHONE_1,
      reference: { kind: 'r', deliveryId: uuidV5('asks-in-time') },
      body: { text: { body: 'You will not hear from us again.' } },
    });
    await eventually(async () => {
      const rows = await world.database.query<{ state: string }>('select state::text as state from reply order by closes_at');
      expect(rows.map(({ state }) => state)).toEqual(['EXPIRED', 'ACCEPTED']);
    });
  }, 30_000);

  it('settles a reply whose answer was lost by its webhook, and does not send it again', async () => {
    const replyId = uuidV5('reply of which nobody knows');
    const stateOf = async (): Promise<string | undefined> =>
      (await world.database.query<{ state: string }>('select state::text as state from reply where reply_id = $1', [replyId]))[0]?.state;
    await world.stack.publish(
      topics.replyRequested,
      create(ReplyRequestedSchema, {
        replyId,
        phoneNumberId: PHONE_1,
        recipientId: 'asks-again',
        sealedAddress: testPrivacy.addresses.seal(aPhoneNumber(), 'asks-again'),
        content: { case: 'text', value: LOST_ANSWER },
        language: 'en',
        purpose: 'stop-confirmed',
        serviceWindowClosesAt: timestampFromMs(MORNING.opensMs + 86_400_000),
        requestedAt: timestampFromMs(MORNING.opensMs - 1_000),
      }),
    );
    await eventually(async () => expect(await stateOf()).toBe('AMBIGUOUS'), { timeoutMs: 10_000 });

    const [planned] = english as [DeliveryPlanned];
    await world.stack.publish(
      topics.deliveryStatusObserved,
      aDeliveryStatusObserved(planned, { deliveryId: '', runId: 'reply', referenceKind: ReferenceKind.REPLY, replyId, wamidHash: 'a1' }),
    );

    await eventually(async () => expect(await stateOf()).toBe('ACCEPTED'), { timeoutMs: 10_000 });
    expect(world.meta.accepted.filter(({ body }) => body.text?.body === LOST_ANSWER)).toHaveLength(1);
  }, 30_000);

  it('sends the reply that a dead owner had only claimed, and not the one whose POST it had begun', async () => {
    const claimedByTheDead = async (recipientId: string, begun: boolean): Promise<string> => {
      const replyId = uuidV5(recipientId);
      await world.database.execute(
        `insert into reply (reply_id, phone_number_id, recipient_id, sealed_address, content, purpose, state, attempt, epoch, begun, due_at, closes_at, requested_at)
         values ($1, $2, $3, $4, $5, 'stop-confirmed', 'CLAIMED', 1, 0, $6, 'epoch', '2100-01-01', now())`,
        [
          replyId,
          PHONE_1,
          recipientId,
          testPrivacy.addresses.seal(aPhoneNumber(), recipientId),
          JSON.stringify({ kind: 'text', text: `To ${recipientId}.` }),
          begun,
        ],
      );
      return replyId;
    };
    const replyIds = [await claimedByTheDead('was-only-claimed', false), await claimedByTheDead('was-begun', true)];

    const ends = async (): Promise<unknown[]> =>
      world.database.query('select state::text as state, attempt from reply where reply_id = any($1) order by recipient_id desc', [
        replyIds,
      ]);
    await eventually(
      async () =>
        expect(await ends()).toEqual([
          { state: 'ACCEPTED', attempt: 1 },
          { state: 'AMBIGUOUS', attempt: 1 },
        ]),
      { timeoutMs: 10_000 },
    );
    expect(world.meta.accepted.flatMap(({ body }) => (body.text?.body.startsWith('To ') ? body.text.body : []))).toEqual([
      'To was-only-claimed.',
    ]);
  }, 30_000);

  it('stops a template by which accepted messages fail afterwards, and wakes somebody', async () => {
    const [message] = messagesOf(english);
    const planned = english.find(({ deliveryId }) => deliveryId === message?.reference?.deliveryId) as DeliveryPlanned;
    const failed = aDeliveryStatusObserved(planned, {
      attempt: message?.reference?.attempt ?? 0,
      status: ObservedStatus.FAILED,
      errorCode: TEMPLATE_PAUSED,
    });
    await world.stack.publish(topics.deliveryStatusObserved, failed);

    await eventually(
      () => {
        expect(reported.events.findLast(({ shardId }) => shardId === 'shard-1')?.breakers).toContainEqual(
          expect.stringContaining('daily_pack_v2/en'),
        );
        expect(alerts.events.map(({ labels }) => labels['fault'])).toContain('template-paused');
      },
      { timeoutMs: 10_000 },
    );
  }, 30_000);
});
