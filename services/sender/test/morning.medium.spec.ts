import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  SettledOutcome,
  topics,
  type DeliveryAttempted,
  type DeliveryPlanned,
  type DeliverySettled,
  type ShardReported,
} from '@daybreak/contracts';
import { eventually, type Watched } from '@daybreak/testing';
import { clockSpec, senderWorld, twoNumbers, type SenderWorld } from './sender-world.js';

const PEOPLE = 120;

describe('a morning', () => {
  let world: SenderWorld;
  let deliveries: DeliveryPlanned[];
  let attempted: Watched<DeliveryAttempted>;
  let settled: Watched<DeliverySettled>;
  let reported: Watched<ShardReported>;

  beforeAll(async () => {
    world = await senderWorld();
    const { stack } = world;
    [attempted, settled, reported] = await Promise.all([
      stack.watch(topics.deliveryAttempted),
      stack.watch(topics.deliverySettled),
      stack.watch(topics.shardReported),
    ]);
    await stack.publish(topics.shardState, ...twoNumbers());
    await world.pod(clockSpec(12_000, 10), { SHARD_ORDINAL: '0' });
    deliveries = await world.plan(PEOPLE, 100_000);
    await stack.publish(topics.deliveryPlanned, ...deliveries.slice(0, 40)); // Kafka delivers a part of the plan twice
  }, 60_000);

  afterAll(() => world.stop());

  it('says what is staged, with fresh statistics and media in place, before the window opens', async () => {
    await eventually(
      () => {
        const report = reported.events.findLast(({ shardId }) => shardId === 'shard-1');
        expect(report).toMatchObject({
          runId: 'main-20261122-0600',
          staged: BigInt(PEOPLE),
          statisticsFresh: true,
          mediaReady: 1,
          mediaNeeded: 1,
          allowedRate: 76,
        });
      },
      { timeoutMs: 20_000 },
    );
    expect(world.meta.accepted).toEqual([]);
    expect(world.meta.fetches).toBe(1);
  });

  it('sends to everybody once, although the plan came twice, and says so', async () => {
    await eventually(() => expect(settled.events).toHaveLength(PEOPLE), { timeoutMs: 40_000 });

    expect(new Set(world.meta.timesAccepted().values())).toEqual(new Set([1]));
    expect(world.meta.accepted).toHaveLength(PEOPLE);
    expect(attempted.events).toHaveLength(PEOPLE);
    expect(settled.events.every((event) => event.outcome === SettledOutcome.ACCEPTED && event.evidence === 'response' && !event.late)).toBe(
      true,
    );
    expect(await world.states()).toEqual({ ACCEPTED: PEOPLE });
  });

  it('had the connections open that its rate needs before the first message', () => {
    expect(world.meta.openAtFirstPost).toBeGreaterThanOrEqual(30);
  });

  it('sends by media id, with the parameters of the plan and a reference that leads back', () => {
    const [message] = world.meta.accepted;

    expect(message?.body.template).toMatchObject({
      name: 'daily_pack_v1',
      language: { code: 'en' },
      components: [
        { type: 'header', parameters: [{ type: 'image', image: { id: expect.stringMatching(/^media-/) } }] },
        {
          type: 'body',
          parameters: [
            { parameter_name: 'name', text: 'Asha' },
            { parameter_name: 'headline', text: 'Markets at a glance' },
          ],
        },
      ],
    });
    expect(message?.reference).toMatchObject({ kind: 'd', runId: 'main-20261122-0600', attempt: 1 });
  });

  it('starts no POST before its delivery is due', () => {
    const dueOf = new Map(
      deliveries.map((planned) => [planned.deliveryId, Number(planned.dueAt?.seconds) * 1_000 + (planned.dueAt?.nanos ?? 0) / 1e6]),
    );

    const early = attempted.events.filter(
      (event) => Number(event.startedAt?.seconds) * 1_000 + (event.startedAt?.nanos ?? 0) / 1e6 < (dueOf.get(event.deliveryId) ?? 0) - 1,
    );

    expect(attempted.events).toHaveLength(PEOPLE);
    expect(early).toEqual([]);
  });
});
