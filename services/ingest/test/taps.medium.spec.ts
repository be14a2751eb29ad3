import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { topics, type ReplyRequested } from '@daybreak/contracts';
import { aDeliveryPlanned, aPhoneNumber, aRecipientUpserted, eventually, testPrivacy, type Watched } from '@daybreak/testing';
import { PHONE_NUMBER_ID, aTapWebhook, startIngest, type IngestWorld } from './ingest-world.js';

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
});
