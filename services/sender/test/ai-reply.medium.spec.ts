import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { ConsentState, ReplyRequestedSchema, topics, type DeadLetter, type ReplyRequested } from '@daybreak/contracts';
import { uuidV5 } from '@daybreak/kernel';
import { aConsentChanged, aPhoneNumber, aShardState, eventually, MORNING, testPrivacy, type Watched } from '@daybreak/testing';
import { clockSpec, PHONE_1, senderWorld, type SenderWorld } from './sender-world.js';

describe('an answer that a machine wrote', () => {
  let world: SenderWorld;
  let deadLetters: Watched<DeadLetter>;

  beforeAll(async () => {
    world = await senderWorld();
    deadLetters = await world.stack.watch(topics.deadLetter);
    await world.stack.publish(topics.shardState, aShardState({ shardId: 'shard-1', phoneNumberId: PHONE_1 }));
    await world.pod(clockSpec(9_000, 1), { SHARD_ORDINAL: '0' });
  }, 60_000);

  afterAll(() => world.stop());

  const ask = (recipientId: string, over: Partial<ReplyRequested> = {}): ReplyRequested =>
    create(ReplyRequestedSchema, {
      replyId: uuidV5(`reply/${recipientId}`),
      phoneNumberId: PHONE_1,
      recipientId,
      sealedAddress: testPrivacy.addresses.seal(aPhoneNumber(), recipientId),
      content: { case: 'text', value: 'A SIP is a monthly investment.' },
      language: 'mr',
      purpose: 'answer',
      serviceWindowClosesAt: timestampFromMs(MORNING.opensMs + 86_400_000),
      requestedAt: timestampFromMs(MORNING.opensMs - 1_000),
      aiWritten: true,
      ...over,
    });
  const says = (recipientId: string, ai: ConsentState) =>
    aConsentChanged(recipientId, {
      purposes: [
        { purpose: 'content', state: ConsentState.OPTED_IN },
        { purpose: 'ai', state: ai },
      ],
    });
  const ends = async (): Promise<Record<string, string>> => {
    const rows = await world.database.query<{ recipient_id: string; state: string }>(
      `select recipient_id, state::text as state from reply where state not in ('QUEUED', 'CLAIMED')`,
    );
    return Object.fromEntries(rows.map((row) => [row.recipient_id, row.state]));
  };

  it('goes to who said yes to that, with the disclosure in their language first, and to nobody else', async () => {
    await world.stack.publish(
      topics.consentChanged,
      says('said-yes', ConsentState.OPTED_IN),
      says('said-no', ConsentState.OPTED_OUT),
      aConsentChanged('was-never-asked'),
    );
    await eventually(
      async () =>
      expect(await world.database.query(`select 1 from consent where purpose = 'ai' and recipient_id = any($1)`, [['said-yes', 'said-no', 'was-never-asked']])).toHaveLength(3), // prettier-ignore
    );

    await world.stack.publish(topics.replyRequested, ...['said-yes', 'said-no', 'was-never-asked', 'nobody-knows'].map((id) => ask(id)));

    await eventually(
      async () =>
        expect(await ends()).toEqual({
          'said-yes': 'ACCEPTED',
          'said-no': 'SUPPRESSED',
          'was-never-asked': 'SUPPRESSED',
          'nobody-knows': 'SUPPRESSED',
        }),
      { timeoutMs: 15_000 },
    );
    expect(world.meta.accepted.map(({ body }) => body.text?.body)).toEqual([
      'हे स्वयंचलित उत्तर एआय सहाय्यकाने लिहिले आहे.\n\nA SIP is a monthly investment.',
    ]);
  }, 30_000);

  it('is nothing but a text', async () => {
    await world.stack.publish(
      topics.replyRequested,
      ask('wants-a-pack', {
        content: { case: 'packParts', value: { $typeName: 'daybreak.reply.v1.PackParts', contentPackId: 'pack-1', deliveryId: '' } },
      }),
    );

    await eventually(() =>
      expect(deadLetters.events.flatMap((letter) => letter.violations.map(({ field }) => field))).toContain('content'),
    );
  });
});
