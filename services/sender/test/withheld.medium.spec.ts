import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { create } from '@bufbuild/protobuf';
import {
  ContentPackWithdrawnSchema,
  SettledOutcome,
  topics,
  type DeadLetter,
  type DeliveryPlanned,
  type DeliverySettled,
} from '@daybreak/contracts';
import { aConsentChanged, eventually, type Watched } from '@daybreak/testing';
import { clockSpec, senderWorld, type SenderWorld } from './sender-world.js';

interface Row {
  readonly state: string;
  readonly reason: string;
  readonly address_length: number;
}

describe('what waits and must not go', () => {
  let world: SenderWorld;
  let settled: Watched<DeliverySettled>;
  let deadLetters: Watched<DeadLetter>;

  beforeAll(async () => {
    world = await senderWorld();
    [settled, deadLetters] = await Promise.all([world.stack.watch(topics.deliverySettled), world.stack.watch(topics.deadLetter)]);
    await world.pod(clockSpec(600_000, 1), { SHARD_ORDINAL: '0' }); // ten minutes before the window: nothing is claimed
    await world.plan(4, 1);
    await eventually(async () => expect(await world.states()).toEqual({ QUEUED: 4 }), { timeoutMs: 20_000 });
  }, 60_000);

  afterAll(() => world.stop());

  const rowOf = async ({ deliveryId }: DeliveryPlanned): Promise<Row | undefined> =>
    (
      await world.database.query<Row>(
        'select state::text as state, reason, length(sealed_address) as address_length from delivery where delivery_id = $1',
        [deliveryId],
      )
    )[0];
  const another = async (
    over: Parameters<SenderWorld['plan']>[2] = {},
    consent: Parameters<SenderWorld['plan']>[3] = 'known',
  ): Promise<DeliveryPlanned> => (await world.plan(1, 1, over, consent))[0] as DeliveryPlanned;
  const erased = (recipientId: string) => world.database.query('select 1 from erased_recipient where recipient_id = $1', [recipientId]);
  const endOf = ({ deliveryId }: DeliveryPlanned): DeliverySettled | undefined =>
    settled.events.find((event) => event.deliveryId === deliveryId);

  it('settles at once what waits of a pack that is recalled, and nothing else', async () => {
    const recalled = await another({ contentPackId: 'pack-recalled' });
    await eventually(async () => expect(await rowOf(recalled)).toMatchObject({ state: 'QUEUED' }));

    await world.stack.publish(
      topics.contentPackWithdrawn,
      create(ContentPackWithdrawnSchema, { contentPackId: 'pack-recalled', reason: 'wrong' }),
    );

    await eventually(async () => expect(await rowOf(recalled)).toMatchObject({ state: 'SUPPRESSED', reason: 'withdrawn-pack' }));
    await eventually(() => expect(endOf(recalled)).toMatchObject({ outcome: SettledOutcome.SUPPRESSED, reason: 'withdrawn-pack' }));
    expect(await world.states()).toEqual({ QUEUED: 4, SUPPRESSED: 1 });
  });

  it('keeps no address of somebody who was erased before their plan was read, and sends them nothing', async () => {
    await world.stack.tombstone(topics.consentChanged, 'adv-erased');
    await eventually(async () => expect(await erased('adv-erased')).toHaveLength(1));

    const late = await another({ recipientId: 'adv-erased' }, 'unknown');

    await eventually(async () => expect(await rowOf(late)).toEqual({ state: 'SUPPRESSED', reason: 'erased', address_length: 0 }));
    await eventually(() => expect(endOf(late)).toMatchObject({ outcome: SettledOutcome.SUPPRESSED, reason: 'erased' }));
  });

  it('stages who was erased and is known again', async () => {
    await world.stack.tombstone(topics.consentChanged, 'adv-back');
    await eventually(async () => expect(await erased('adv-back')).toHaveLength(1));
    await world.stack.publish(topics.consentChanged, aConsentChanged('adv-back'));
    await eventually(async () => expect(await erased('adv-back')).toEqual([]));

    const back = await another({ recipientId: 'adv-back' });

    await eventually(async () => expect(await rowOf(back)).toMatchObject({ state: 'QUEUED' }));
    expect((await rowOf(back))?.address_length).toBeGreaterThan(0);
  });

  it('stages nothing of another plan than the one that the run is bound to', async () => {
    const stranger = await another({ planHash: 'f'.repeat(64) });
    const ofPlan = await another();

    await eventually(() => expect(deadLetters.events.flatMap(({ violations }) => violations.map((v) => v.field))).toContain('plan_hash'));
    await eventually(async () => expect(await rowOf(ofPlan)).toMatchObject({ state: 'QUEUED' }));
    expect(await rowOf(stranger)).toBeUndefined();
  });
});
