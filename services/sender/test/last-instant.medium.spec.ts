import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topics, type DeliveryPlanned } from '@daybreak/contracts';
import { aShardState, eventually } from '@daybreak/testing';
import { Redis } from 'ioredis';
import { clockSpec, PHONE_1, senderWorld, type SenderWorld } from './sender-world.js';

/** So slow that claimed deliveries wait for seconds. */
const RATE = 4;

describe('the last instant before a POST', () => {
  let world: SenderWorld;
  let redis: Redis;
  let deliveries: DeliveryPlanned[];

  const sentTo = (planned: DeliveryPlanned): number => world.meta.timesAccepted().get(planned.deliveryId) ?? 0;
  const stateOf = async (planned: DeliveryPlanned): Promise<string> =>
    (
      await world.database.query<{ state: string }>('select state::text as state from delivery where delivery_id = $1', [
        planned.deliveryId,
      ])
    )[0]?.state ?? '';
  const claimedAndWaiting = async (): Promise<DeliveryPlanned[]> => {
    const rows = await world.database.query<{ id: string }>(
      `select delivery_id as id from delivery where state = 'CLAIMED' order by due_at desc, delivery_id`,
    );
    const ids = new Set(rows.map(({ id }) => id));
    return deliveries.filter((planned) => ids.has(planned.deliveryId) && sentTo(planned) === 0);
  };

  beforeAll(async () => {
    world = await senderWorld();
    redis = new Redis(world.stack.redisUrl);
    await world.stack.publish(topics.shardState, aShardState({ shardId: 'shard-1', phoneNumberId: PHONE_1, allowedRate: RATE }));
    await world.pod(clockSpec(6_000, 1), { SHARD_ORDINAL: '0', SETTLE_LINGER_MS: '20' });
    deliveries = await world.plan(60, 1);
    await eventually(() => expect(world.meta.accepted.length).toBeGreaterThan(0), { timeoutMs: 20_000 });
  }, 60_000);

  afterAll(async () => {
    redis.disconnect();
    await world.stop();
  });

  it('holds back who said STOP after their delivery was claimed, also without Kafka', async () => {
    let stopped: DeliveryPlanned | undefined;
    await eventually(
      async () => {
        // The one that is due last among those in hand: its slot is a second away.
        stopped = (await claimedAndWaiting()).at(0);
        expect(stopped).toBeDefined();
      },
      { timeoutMs: 10_000 },
    );
    const recipientId = stopped?.recipientId ?? '';
    const said = { recipient_id: recipientId, purpose: 'content', state: 'opted_out', version: 7, at: Date.now(), paused_until: '' };
    await redis.xadd(`${world.stack.namespace}.consent-direct`, '*', ...Object.entries(said).flat().map(String));

    await eventually(async () => expect(await stateOf(stopped as DeliveryPlanned)).toBe('SUPPRESSED'), { timeoutMs: 10_000 });
    expect(sentTo(stopped as DeliveryPlanned)).toBe(0);
  }, 30_000);

  it('stops everything within two seconds of the kill switch, and goes on when it is released', async () => {
    await world.database.execute(`insert into shard_control (shard_id, paused, actor, reason) values ('*', true, 'operator', 'drill')`);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const before = world.meta.posts;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(world.meta.posts).toBe(before);

    await world.database.execute(`delete from shard_control where shard_id = '*'`);
    await eventually(() => expect(world.meta.posts).toBeGreaterThan(before), { timeoutMs: 5_000 });
  }, 30_000);

  it('loses nothing when Redis is emptied', async () => {
    const keys = [...(await redis.keys(`{${world.stack.namespace}*`)), ...(await redis.keys(`${world.stack.namespace}*`))];
    expect(keys.length).toBeGreaterThan(0);
    await redis.del(...keys);

    await eventually(async () => expect(await world.states()).toEqual({ ACCEPTED: deliveries.length - 1, SUPPRESSED: 1 }), {
      timeoutMs: 40_000,
    });
    expect([...world.meta.timesAccepted().values()].every((n) => n === 1)).toBe(true);
  }, 60_000);

  it('never went above its rate in a rolling second', () => {
    const instants = world.meta.accepted.map(({ atMs }) => atMs).sort((a, b) => a - b);
    const most = Math.max(...instants.map((from, i) => instants.slice(i).filter((at) => at - from < 1_000).length));

    expect(most).toBeLessThanOrEqual(RATE + 1); // the instants are of arrival, over loopback
  });

  it('does not bring back the consent of erased people, whoever reads the stream from its beginning', async () => {
    const stream = `${world.stack.namespace}.consent-direct`;
    const say = (fields: Readonly<Record<string, string | number>>) =>
      redis.xadd(stream, '*', ...Object.entries(fields).flat().map(String));
    const stop = { purpose: 'content', state: 'opted_out', at: 1, paused_until: '' };
    const held = () =>
      world.database.query('select recipient_id as id, state, version from consent where recipient_id = any($1) order by 1', [
        ['back', 'gone', 'mark'],
      ]);
    for (const recipient_id of ['gone', 'back']) {
      await say({ recipient_id, ...stop, version: 10 });
      await say({ recipient_id, erased: 1, version: 20 });
      await say({ recipient_id, ...stop, version: 11 }); // overtaken on its way
    }
    await say({ recipient_id: 'back', ...stop, state: 'opted_in', version: 30 });
    await say({ recipient_id: 'mark', ...stop, version: 10 });
    const rightly = [
      { id: 'back', state: 'opted_in', version: 30 },
      { id: 'mark', state: 'opted_out', version: 10 },
    ];
    await eventually(async () => expect(await held()).toEqual(rightly), { timeoutMs: 10_000 });
    await world.database.execute(`delete from consent where recipient_id = 'mark'`);

    await world.pod(clockSpec(6_000, 1), { SHARD_ORDINAL: '1' });

    await eventually(async () => expect(await held()).toEqual(rightly), { timeoutMs: 20_000 }); // it has read to the mark
  }, 60_000);
});
