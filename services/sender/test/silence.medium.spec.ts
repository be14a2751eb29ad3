import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DeliveryPlanned } from '@daybreak/contracts';
import { topics } from '@daybreak/contracts';
import { clockFrom } from '@daybreak/kernel';
import { aShardState, eventually } from '@daybreak/testing';
import { clockSpec, PHONE_1, relayWebhooks, senderWorld, type SenderWorld } from './sender-world.js';

const PEOPLE = 24;
const UNHEARD = 4;
const RESOLVE_AFTER_SECONDS = 20;

describe('webhooks that stop while sends are ambiguous', () => {
  let world: SenderWorld;
  let deliveries: DeliveryPlanned[];
  let webhooks: { stop(): void };
  const clock = clockSpec(8_000, 5);
  const unheard = (): DeliveryPlanned[] => deliveries.slice(0, UNHEARD);
  const isUnheard = ({ deliveryId }: DeliveryPlanned): boolean => unheard().some((one) => one.deliveryId === deliveryId);
  const postsOfUnheard = (): number[] => unheard().map(({ deliveryId }) => world.meta.timesAccepted().get(deliveryId) ?? 0);

  beforeAll(async () => {
    world = await senderWorld();
    await world.stack.publish(topics.shardState, aShardState({ shardId: 'shard-1', phoneNumberId: PHONE_1 }));
    await world.pod(clock, { SHARD_ORDINAL: '0', RESOLVE_AFTER_SECONDS: String(RESOLVE_AFTER_SECONDS) });
    deliveries = await world.plan(PEOPLE, 10_000);
    world.meta.treat = (deliveryId) => (unheard().some((one) => one.deliveryId === deliveryId) ? 'lost' : 'accept');
    webhooks = relayWebhooks(world, deliveries, clockFrom(clock), isUnheard);
    // Something was heard after they were claimed; then ingest keeps to itself what it hears.
    await eventually(
      async () => {
        const [row] = await world.database.query<{ heard: boolean }>(
          `select count(*) = $1 and bool_and(d.claimed_at < e.observed_until) as heard from delivery d, evidence e where d.state = 'AMBIGUOUS'`,
          [UNHEARD],
        );
        expect(row?.heard).toBe(true);
      },
      { timeoutMs: 40_000 },
    );
    webhooks.stop();
  }, 90_000);

  afterAll(async () => {
    webhooks.stop();
    await world.stop();
  });

  it('are waited for: nothing is sent again although the time for it has come', async () => {
    const [row] = await world.database.query<{ ms: number }>(
      `select extract(epoch from max(resolve_at))::float8 * 1000 as ms from delivery where state = 'AMBIGUOUS'`,
    );
    const wellAfterMs = (row?.ms ?? 0) + RESOLVE_AFTER_SECONDS * 1_000;
    await eventually(() => expect(clockFrom(clock).nowMs()).toBeGreaterThan(wellAfterMs), { timeoutMs: 30_000 });

    expect(await world.states()).toEqual({ ACCEPTED: PEOPLE - UNHEARD, AMBIGUOUS: UNHEARD });
    expect(postsOfUnheard()).toEqual(Array(UNHEARD).fill(1));
  }, 40_000);

  it('and settle what they speak of when they come after all', async () => {
    webhooks = relayWebhooks(world, deliveries, clockFrom(clock));

    await eventually(async () => expect(await world.states()).toEqual({ ACCEPTED: PEOPLE }), { timeoutMs: 20_000 });
    expect(postsOfUnheard()).toEqual(Array(UNHEARD).fill(1));
  }, 30_000);
});
