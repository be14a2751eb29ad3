import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SettledOutcome, topics, type DeliveryPlanned, type DeliverySettled } from '@daybreak/contracts';
import { clockFrom } from '@daybreak/kernel';
import { aConsentChanged, eventually, type Watched } from '@daybreak/testing';
import type { Treatment } from './fake-meta.js';
import { clockSpec, relayWebhooks, senderWorld, twoNumbers, type SenderWorld } from './sender-world.js';

const EACH = 4;
const KINDS = [
  'ordinary',
  'answer-lost',
  'swallowed',
  'unreachable',
  'pair-rate',
  'too-fast-once',
  'unsure-thrice',
  'opted-out-before',
  'unknown-person',
] as const;
type Kind = (typeof KINDS)[number];

/** What Meta does with the nth POST of a delivery of this kind. */
const TREATMENT: Partial<Record<Kind, (before: number) => Treatment>> = {
  'answer-lost': () => 'lost',
  swallowed: (before) => (before === 0 ? 'swallow' : 'accept'),
  unreachable: () => ({ code: 131026 }),
  'pair-rate': (before) => (before === 0 ? { code: 131056 } : 'accept'),
  'too-fast-once': (before) => (before === 0 ? { code: 130429 } : 'accept'),
  'unsure-thrice': () => ({ code: 131000, httpStatus: 500 }),
};

describe('what becomes of each delivery', () => {
  let world: SenderWorld;
  let settled: Watched<DeliverySettled>;
  let webhooks: { stop(): void };
  const of = new Map<Kind, DeliveryPlanned[]>();

  const settledOf = (kind: Kind): DeliverySettled[] => {
    const ids = new Set(of.get(kind)?.map(({ deliveryId }) => deliveryId));
    return settled.events.filter(({ deliveryId }) => ids.has(deliveryId));
  };
  const acceptancesOf = (kind: Kind): number[] =>
    (of.get(kind) ?? []).map(({ deliveryId }) => world.meta.timesAccepted().get(deliveryId) ?? 0);
  const once = Array<number>(EACH).fill(1);
  const never = Array<number>(EACH).fill(0);

  beforeAll(async () => {
    world = await senderWorld();
    settled = await world.stack.watch(topics.deliverySettled);
    await world.stack.publish(topics.shardState, ...twoNumbers());
    const clock = clockSpec(9_000, 10);
    await world.pod(clock, { SHARD_ORDINAL: '0', RESOLVE_AFTER_SECONDS: '30', CLOUD_API_TIMEOUT_MS: '2000' });
    for (const kind of KINDS) of.set(kind, await world.plan(EACH, 60_000, {}, kind === 'unknown-person' ? 'unknown' : 'known'));
    const kindOf = new Map([...of].flatMap(([kind, deliveries]) => deliveries.map(({ deliveryId }) => [deliveryId, kind] as const)));
    world.meta.treat = (deliveryId, before) => TREATMENT[kindOf.get(deliveryId) ?? 'ordinary']?.(before) ?? 'accept';
    const optedOut = of.get('opted-out-before') ?? [];
    await world.stack.publish(
      topics.consentChanged,
      ...optedOut.map(({ recipientId }) => aConsentChanged(recipientId, { purposes: [{ purpose: 'content', state: 2 }], version: 2n })),
    );
    webhooks = relayWebhooks(world, [...of.values()].flat(), clockFrom(clock));
    await eventually(() => expect(settled.events).toHaveLength(EACH * KINDS.length), { timeoutMs: 80_000 });
  }, 120_000);

  afterAll(async () => {
    webhooks.stop();
    await world.stop();
  });

  it('ends every delivery in a known state, once', async () => {
    expect(await world.states()).toEqual({ ACCEPTED: EACH * 5, FAILED: EACH, SUPPRESSED: EACH, EXPIRED: EACH * 2 });
    expect(new Set(settled.events.map(({ deliveryId }) => deliveryId)).size).toBe(EACH * KINDS.length);
  });

  it('lets a webhook settle a send whose answer was lost', () => {
    expect(acceptancesOf('answer-lost')).toEqual(once);
    expect(settledOf('answer-lost').map(({ outcome, evidence }) => [outcome, evidence])).toEqual(
      Array(EACH).fill([SettledOutcome.ACCEPTED, 'webhook']),
    );
  });

  it('sends again what no webhook proved, while webhooks flow', () => {
    expect(acceptancesOf('swallowed')).toEqual(once);
    expect(settledOf('swallowed').map(({ attempts }) => attempts)).toEqual(Array(EACH).fill(2));
  });

  it('fails with its reason what can never reach its recipient', () => {
    expect(settledOf('unreachable').map(({ outcome, reason, errorCode, attempts }) => ({ outcome, reason, errorCode, attempts }))).toEqual(
      Array(EACH).fill({ outcome: SettledOutcome.FAILED, reason: 'unreachable', errorCode: 131026, attempts: 1 }),
    );
  });

  it('defers a recipient that Meta found too busy, and comes back', () => {
    expect(acceptancesOf('pair-rate')).toEqual(once);
  });

  it('comes back after Meta found the number too fast', () => {
    expect(acceptancesOf('too-fast-once')).toEqual(once);
  });

  it('gives up after three POSTs of which Meta never said what became of them', () => {
    expect(acceptancesOf('unsure-thrice')).toEqual(never);
    expect(settledOf('unsure-thrice').map(({ outcome, reason, attempts }) => [outcome, reason, attempts])).toEqual(
      Array(EACH).fill([SettledOutcome.EXPIRED, 'ambiguous', 3]),
    );
  });

  it('sends nothing to who said no', () => {
    expect(acceptancesOf('opted-out-before')).toEqual(never);
    expect(settledOf('opted-out-before').map(({ outcome, reason }) => [outcome, reason])).toEqual(
      Array(EACH).fill([SettledOutcome.SUPPRESSED, 'consent']),
    );
  });

  it('sends nothing to people of whom nothing is known, and calls it our miss', () => {
    expect(acceptancesOf('unknown-person')).toEqual(never);
    expect(settledOf('unknown-person').map(({ outcome, reason }) => [outcome, reason])).toEqual(
      Array(EACH).fill([SettledOutcome.EXPIRED, 'window-closed']),
    );
  });
});
