import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ShardMode, ShardRole, topics, type AlertRaised, type DeliveryMoved, type DeliveryPlanned } from '@daybreak/contracts';
import { aShardState, eventually, type Watched } from '@daybreak/testing';
import { clockSpec, PHONE_1, PHONE_2, senderWorld, type SenderWorld } from './sender-world.js';

const PEOPLE = 80;

describe('a number that is halted in mid-window', () => {
  let world: SenderWorld;
  let moved: Watched<DeliveryMoved>;
  let alerts: Watched<AlertRaised>;
  let deliveries: DeliveryPlanned[];

  beforeAll(async () => {
    world = await senderWorld();
    const { stack } = world;
    [moved, alerts] = await Promise.all([stack.watch(topics.deliveryMoved), stack.watch(topics.alertRaised)]);
    const primary = aShardState({ shardId: 'shard-1', phoneNumberId: PHONE_1 });
    const spare = aShardState({
      shardId: 'shard-2',
      phoneNumberId: PHONE_2,
      role: ShardRole.STANDBY,
      mode: ShardMode.STANDBY,
      allowedRate: 0,
      weight: 0,
    });
    await stack.publish(topics.shardState, primary, spare);
    await world.pod(clockSpec(7_000, 10), { SHARD_ORDINAL: '0' });
    deliveries = await world.plan(PEOPLE, 150_000);
    await eventually(() => expect(world.meta.accepted.length).toBeGreaterThan(PEOPLE / 4), { timeoutMs: 30_000 });
    await stack.publish(topics.shardState, {
      ...primary,
      mode: ShardMode.HALTED,
      allowedRate: 0,
      reason: 'quality rating RED',
      version: 2n,
    });
    await eventually(async () => expect(await world.states()).toEqual({ ACCEPTED: PEOPLE }), { timeoutMs: 40_000 });
  }, 120_000);

  afterAll(() => world.stop());

  it('hands what it has not claimed to the spare, and everybody is sent to once', () => {
    expect([...world.meta.timesAccepted().values()]).toEqual(Array(PEOPLE).fill(1));
    const byNumber = Map.groupBy(world.meta.accepted, ({ phoneNumberId }) => phoneNumberId);
    expect(byNumber.get(PHONE_1)?.length).toBeGreaterThan(PEOPLE / 4);
    expect(byNumber.get(PHONE_2)?.length).toBeGreaterThan(PEOPLE / 4);
  });

  it('says of each where it went and why, and wakes somebody', async () => {
    const byTheSpare = world.meta.accepted
      .filter(({ phoneNumberId }) => phoneNumberId === PHONE_2)
      .map(({ reference }) => reference?.deliveryId);

    await eventually(() => expect(new Set(moved.events.map(({ deliveryId }) => deliveryId))).toEqual(new Set(byTheSpare)));
    expect(new Set(moved.events.map(({ fromShardId, toShardId, reason }) => `${fromShardId} → ${toShardId}: ${reason}`))).toEqual(
      new Set(['shard-1 → shard-2: the number is halted: quality rating RED']),
    );
    await eventually(() => expect(alerts.events.map(({ alertName }) => alertName)).toContain('DaybreakShardMoved'));
    expect(deliveries).toHaveLength(PEOPLE);
  });
});
