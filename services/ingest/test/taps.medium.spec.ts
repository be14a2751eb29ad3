import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { InboundCommand, InboundKind, InboundReceivedSchema, topics, type DeliveryPlanned, type ReplyRequested } from '@daybreak/contracts';
import { aDeliveryPlanned, aPhoneNumber, aRecipientUpserted, aWamid, eventually, testPrivacy, type Watched } from '@daybreak/testing';
import { PHONE_NUMBER_ID, aTapWebhook, startIngest, type IngestWorld } from './ingest-world.js';

/** A tap of somebody of whom the edge only knew the number. */
const anInboundReceived = (e164: string) =>
  create(InboundReceivedSchema, {
    addressKey: testPrivacy.addressKeys.keyOf(e164),
    phoneNumberId: PHONE_NUMBER_ID,
    wamidHash: testPrivacy.wamidKeys.keyOf(aWamid(e164)),
    kind: InboundKind.BUTTON,
    command: InboundCommand.PACK,
    sentAt: timestampFromMs(Date.now()),
  });

describe('pack on tap', () => {
  let world: IngestWorld;
  let replies: Watched<ReplyRequested>;

  beforeAll(async () => {
    world = await startIngest();
    replies = await world.stack.watch(topics.replyRequested);
  });

  afterAll(() => world.stop());

  it('asks for the rest of the newest pack, once per tap, from the number that was tapped', async () => {
    const e164 = aPhoneNumber();
    const recipient = aRecipientUpserted({ address: { case: 'phoneNumber', value: e164 } });
    const { recipientId } = recipient;
    const today = aDeliveryPlanned({ recipientId, contentPackId: 'pack-today', dueAt: timestampFromMs(Date.now()) });
    const yesterday = aDeliveryPlanned({
      recipientId,
      runId: 'main-20261121-0600',
      contentPackId: 'pack-yesterday',
      dueAt: timestampFromMs(Date.now() - 86_400_000),
    });
    await world.stack.publish(topics.recipientUpserted, recipient);
    await world.stack.publish(topics.deliveryPlanned, today, yesterday);
    const database = world.stack.database('ingest');
    await eventually(async () =>
      expect(
        await database.query('select content_pack_id from recipient join last_pack using (recipient_id) where recipient_id = $1', [
          recipientId,
        ]),
      ).toEqual([{ content_pack_id: 'pack-today' }]),
    );
    const tap = aTapWebhook(e164, 'daybreak.pack');

    await world.post(tap);
    await world.post(tap);
    await world.post(aTapWebhook(aPhoneNumber(), 'daybreak.pack')); // somebody we do not know

    await eventually(() => expect(replies.events).toHaveLength(1));
    expect(replies.events[0]).toMatchObject({
      recipientId,
      phoneNumberId: PHONE_NUMBER_ID,
      purpose: 'pack',
      content: { case: 'packParts', value: { contentPackId: 'pack-today', deliveryId: today.deliveryId } },
    });
    expect(testPrivacy.addresses.open(replies.events[0]?.sealedAddress ?? new Uint8Array(), recipientId)).toBe(e164);
    await world.post(aTapWebhook(e164, 'daybreak.pack'));
    await eventually(() => expect(replies.events).toHaveLength(2)); // another tap, another answer; the replay gave none
  });

  it('gives the pack that was due, not the one that is planned for later, also to whom the edge could not name', async () => {
    const e164 = aPhoneNumber();
    const recipient = aRecipientUpserted({ address: { case: 'phoneNumber', value: e164 } });
    const { recipientId } = recipient;
    const [due, later] = [-80_000_000, 300_000].map((ms) =>
      aDeliveryPlanned({ recipientId, runId: `main-${ms}`, contentPackId: `pack${ms}`, dueAt: timestampFromMs(Date.now() + ms) }),
    );
    await world.stack.publish(topics.recipientUpserted, recipient);
    await world.stack.publish(topics.deliveryPlanned, due as DeliveryPlanned);
    const packs = () =>
      world.stack
        .database('ingest')
        .query('select recipient_id from last_pack join recipient using (recipient_id) where recipient_id = $1', [recipientId]);
    await eventually(async () => expect(await packs()).toHaveLength(1));
    await world.stack.publish(topics.deliveryPlanned, later as DeliveryPlanned);
    await eventually(async () =>
      expect(
        await world.stack
          .database('ingest')
          .query('select before_content_pack_id as id from last_pack where recipient_id = $1', [recipientId]),
      ).toEqual([{ id: due?.contentPackId }]),
    );

    await world.stack.publish(topics.inboundReceived, anInboundReceived(e164)); // Postgres was away when it came

    await eventually(() =>
      expect(replies.events.find((reply) => reply.recipientId === recipientId)).toMatchObject({
        content: { case: 'packParts', value: { contentPackId: due?.contentPackId, deliveryId: due?.deliveryId } },
      }),
    );
  });
});
