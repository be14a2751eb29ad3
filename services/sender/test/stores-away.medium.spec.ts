import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aShardState, eventually } from '@daybreak/testing';
import { topics, type DeliveryPlanned } from '@daybreak/contracts';
import { clockFrom } from '@daybreak/kernel';
import { Cuttable } from './cuttable.js';
import { OwnRedis } from './own-redis.js';
import { clockSpec, PHONE_1, relayWebhooks, senderWorld, type SenderWorld } from './sender-world.js';

const PEOPLE = 200;
const SPEED = 4;
const CLAIM_LIFE_MS = 3_000;

describe('stores that are away in mid-window', () => {
  let world: SenderWorld;
  let redis: OwnRedis;
  let postgres: Cuttable;
  let deliveries: DeliveryPlanned[];
  let webhooks: { stop(): void };

  const accepted = async (atLeast: number): Promise<void> =>
    eventually(() => expect(world.meta.accepted.length).toBeGreaterThanOrEqual(atLeast), { timeoutMs: 30_000 });

  beforeAll(async () => {
    world = await senderWorld();
    redis = await OwnRedis.start();
    const clock = clockSpec(7_000, SPEED);
    postgres = await Cuttable.to(world.podEnv(clock)['DATABASE_URL'] as string);
    await world.stack.publish(topics.shardState, aShardState({ shardId: 'shard-1', phoneNumberId: PHONE_1 }));
    const env = { SHARD_ORDINAL: '0', REDIS_URL: redis.url, DATABASE_URL: postgres.url, CLOUD_API_TIMEOUT_MS: '2000' };
    await world.pod(clock, env);
    deliveries = await world.plan(PEOPLE, 140_000);
    webhooks = relayWebhooks(world, deliveries, clockFrom(clock));
    await accepted(10);
  }, 90_000);

  afterAll(async () => {
    webhooks.stop();
    await world.stop();
    await postgres.stop();
    await redis.stop();
  });

  it('goes on when Redis is flushed', async () => {
    expect(await redis.flush()).toBeGreaterThan(0);
    const before = world.meta.accepted.length;

    await accepted(before + 20);
  }, 40_000);

  it('goes on when Redis is killed and has lost half of what it had written', async () => {
    await redis.loseHalf();
    const before = world.meta.accepted.length;

    await accepted(before + 20);
  }, 40_000);

  it('posts nothing without a claim while Postgres is away', async () => {
    postgres.cut();
    const cutAtMs = Date.now();
    const claimed = new Set(
      (await world.database.query<{ id: string }>(`select delivery_id as id from delivery where state = 'CLAIMED'`)).map(({ id }) => id),
    );
    await new Promise((resolve) => setTimeout(resolve, CLAIM_LIFE_MS + 2_000));

    const since = world.meta.accepted.filter(({ atMs }) => atMs > cutAtMs);
    expect(since.filter(({ reference }) => !claimed.has(reference?.deliveryId ?? ''))).toEqual([]);
    expect(since.filter(({ atMs }) => atMs > cutAtMs + CLAIM_LIFE_MS + 500)).toEqual([]);
    expect(world.meta.accepted.length).toBeLessThan(PEOPLE); // there was something to send
    postgres.mend();
  }, 20_000);

  it('and when all is over, nobody was left out, and nobody was sent to twice', async () => {
    await eventually(async () => expect(await world.states()).toEqual({ ACCEPTED: PEOPLE }), { timeoutMs: 60_000 });

    expect([...world.meta.timesAccepted().values()]).toEqual(Array(PEOPLE).fill(1));
  }, 70_000);
});
