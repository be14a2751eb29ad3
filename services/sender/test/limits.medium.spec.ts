import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topics, type DeliveryPlanned } from '@daybreak/contracts';
import { aShardState, aWabaState, eventually, MORNING } from '@daybreak/testing';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { ReadStatus, type SenderStatus, type ShardStatus } from '../src/shard/shard-status.js';
import { clockSpec, PHONE_1, PHONE_2, senderWorld, type SenderWorld } from './sender-world.js';

const PHONE_3 = '106540352242924';
const EACH = 60;
const DAILY_CAP = 12;

describe('what holds a number back', () => {
  let world: SenderWorld;
  let status: () => Promise<SenderStatus>;
  let drained: DeliveryPlanned[];
  let capped: DeliveryPlanned[];

  const statusOf = async (shardId: string): Promise<ShardStatus | undefined> =>
    (await status()).shards.find(({ shard }) => shard.shardId === shardId);
  const acceptedBy = (phoneNumberId: string): number =>
    world.meta.accepted.filter((message) => message.phoneNumberId === phoneNumberId).length;
  const timesAccepted = (deliveries: readonly DeliveryPlanned[]): number[] =>
    deliveries.map(({ deliveryId }) => world.meta.timesAccepted().get(deliveryId) ?? 0);

  beforeAll(async () => {
    world = await senderWorld();
    await world.stack.publish(topics.wabaState, aWabaState({ portfolioMessagingLimit: 2_000n }));
    await world.stack.publish(
      topics.shardState,
      aShardState({ shardId: 'shard-1', phoneNumberId: PHONE_1 }),
      aShardState({ shardId: 'shard-2', phoneNumberId: PHONE_2 }),
      aShardState({ shardId: 'shard-3', phoneNumberId: PHONE_3, dailyCap: BigInt(DAILY_CAP) }),
    );
    const pod = await world.pod(clockSpec(7_000, 10), { SHARD_ORDINAL: '0' });
    const reader = pod.app.get(ReadStatus);
    status = () => reader.read();
    drained = await world.plan(EACH, 120_000);
    capped = await world.plan(EACH, 60_000, { shardId: 'shard-3' });
    await eventually(() => expect(world.meta.accepted.length).toBeGreaterThan(10), { timeoutMs: 30_000 });
  }, 90_000);

  afterAll(() => world.stop());

  it('drains a number: what is claimed is finished, the rest goes to others, and it says when it is done', async () => {
    await world.database.execute(
      `insert into shard_control (shard_id, draining, actor, reason) values ('shard-1', true, 'operator', 'its account is reviewed')`,
    );
    await eventually(
      async () => expect(await statusOf('shard-1')).toMatchObject({ drained: true, heldBack: 'drained: its account is reviewed' }),
      {
        timeoutMs: 20_000,
      },
    );
    const before = acceptedBy(PHONE_1);

    await eventually(() => expect(timesAccepted(drained)).toEqual(Array(EACH).fill(1)), { timeoutMs: 40_000 });
    expect(acceptedBy(PHONE_1)).toBe(before);
    expect(before).toBeLessThan(EACH);
    expect(await statusOf('shard-1')).toMatchObject({ owner: expect.any(String) as unknown, control: { actor: 'operator' } });
  }, 70_000);

  it('starts no more recipients than the number’s cap, and hands the rest to numbers that may', async () => {
    await eventually(() => expect(timesAccepted(capped)).toEqual(Array(EACH).fill(1)), { timeoutMs: 40_000 });

    expect(acceptedBy(PHONE_3)).toBe(DAILY_CAP);
  }, 50_000);

  it('says of every number and account what it can, may and does send', async () => {
    await eventually(
      async () => {
        expect(await statusOf('shard-3')).toMatchObject({
          startedDay: DAILY_CAP,
          capacity: { maximumRate: 76, availableRate: 76 },
          deliveries: { ACCEPTED: DAILY_CAP },
        });
        expect((await status()).wabas).toMatchObject([
          {
            shardIds: ['shard-1', 'shard-2', 'shard-3'],
            capacity: { maximumRate: 228 },
            portfolioLimit: 2_000,
            portfolioStartedToday: 2 * EACH,
          },
        ]);
      },
      { timeoutMs: 10_000 },
    );
  }, 20_000);
});

describe('a morning that may be late', () => {
  let world: SenderWorld;

  beforeAll(async () => {
    world = await senderWorld();
    await world.stack.publish(topics.shardState, aShardState({ shardId: 'shard-1', phoneNumberId: PHONE_1 }));
    await world.pod(clockSpec(-20_000, 10), { SHARD_ORDINAL: '0', LATE_POLICY: 'send-late' });
  }, 60_000);

  afterAll(() => world.stop());

  it('sends after the window what could not be sent in it, once, and calls it late', async () => {
    const settled = await world.stack.watch(topics.deliverySettled);
    await world.database.execute(`insert into shard_control (shard_id, paused, actor, reason) values ('*', true, 'operator', 'drill')`);
    await world.plan(10, 1, { dueAt: timestampFromMs(MORNING.opensMs + 100_000) });
    await eventually(async () => expect(await world.states()).toEqual({ QUEUED: 10 }), { timeoutMs: 10_000 });
    await new Promise((resolve) => setTimeout(resolve, 10_000)); // the window closes
    expect(world.meta.posts).toBe(0);

    await world.database.execute('delete from shard_control');

    await eventually(() => expect(settled.events).toHaveLength(10), { timeoutMs: 15_000 });
    expect(settled.events.every(({ late }) => late)).toBe(true);
    expect([...world.meta.timesAccepted().values()]).toEqual(Array(10).fill(1));
  }, 60_000);
});
