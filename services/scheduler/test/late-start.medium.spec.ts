import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { create } from '@bufbuild/protobuf';
import { timestampFromMs, timestampMs } from '@bufbuild/protobuf/wkt';
import {
  AlertSeverity,
  ConsentState,
  ContentPackWithdrawnSchema,
  RunState,
  topics,
  type AlertRaised,
  type DeadLetter,
  type DeliveryPlanned,
  type RunChanged,
} from '@daybreak/contracts';
import { sealAddressJwe } from '@daybreak/privacy';
import { aConsentChanged, aContentPackReady, aPhoneNumber, aWabaState, eventually, testPrivacy, type Watched } from '@daybreak/testing';
import { clockAt, publishAdvisors, schedulerWorld, type SchedulerWorld } from './scheduler-world.js';

const at = (localTime: string): number => Date.parse(`2026-11-22T${localTime}+05:30`);

/** The scheduler was dead from before the freeze until the window was open; meanwhile the world went on. */
describe('a start in the middle of the window', () => {
  let world: SchedulerWorld;
  let planned: Watched<DeliveryPlanned>;
  let runs: Watched<RunChanged>;
  let alerts: Watched<AlertRaised>;
  let deadLetters: Watched<DeadLetter>;
  const jwePhone = aPhoneNumber();
  const clearPhone = aPhoneNumber();

  beforeAll(async () => {
    world = await schedulerWorld();
    const { stack } = world;
    [planned, runs, alerts, deadLetters] = await Promise.all([
      stack.watch(topics.deliveryPlanned),
      stack.watch(topics.runChanged),
      stack.watch(topics.alertRaised),
      stack.watch(topics.deadLetter),
    ]);
    const { d: _private, ...publicJwk } = JSON.parse(stack.env('scheduler')['ADDRESS_JWE_PRIVATE_KEY'] ?? '{}') as Record<string, string>;
    const sealedTo = async (phone: string) => ({ case: 'addressJwe', value: await sealAddressJwe(phone, publicJwk) }) as const;
    await publishAdvisors(stack, [
      { recipientId: 'sealed', address: await sealedTo(jwePhone) },
      { recipientId: 'changed-mind', address: await sealedTo(aPhoneNumber()) },
      { recipientId: 'erased', address: await sealedTo(aPhoneNumber()) },
      { recipientId: 'third', address: await sealedTo(aPhoneNumber()) },
      { recipientId: 'in-clear', address: { case: 'phoneNumber', value: clearPhone } },
    ]);
    await stack.publish(
      topics.consentChanged,
      aConsentChanged('changed-mind', { version: 2n, purposes: [{ purpose: 'content', state: ConsentState.OPTED_OUT }] }),
    );
    await stack.tombstone(topics.recipientUpserted, 'erased');
    await stack.publish(
      topics.contentPackReady,
      aContentPackReady({ contentPackId: 'recalled' }),
      aContentPackReady({ contentPackId: 'fallback', runDate: '', audience: { kind: { case: 'fallback', value: true } } }),
    );
    await stack.publish(
      topics.contentPackWithdrawn,
      create(ContentPackWithdrawnSchema, {
        contentPackId: 'recalled',
        tenantId: 'main',
        reason: 'a wrong figure',
        withdrawnBy: 'compliance-2',
      }),
    );
    await stack.publish(topics.wabaState, aWabaState({ version: 2n, portfolioMessagingLimit: 1n }));
    await world.replica(clockAt('05:59:40', 1), { ADDRESS_JWE_REQUIRED: 'true' });
    await eventually(() => expect(runs.events.some((run) => run.state === RunState.FROZEN)).toBe(true), { timeoutMs: 20_000 });
    await eventually(() => expect(planned.events).toHaveLength(1));
  }, 60_000);

  afterAll(() => world.stop());

  it('reads what it missed before it freezes: the opt-out, the erasure, the recall, the limit of the portfolio', () => {
    const frozen = runs.events.find((run) => run.state === RunState.FROZEN);

    expect(frozen).toMatchObject({
      planned: 1n,
      fallback: 1n,
      exclusions: [
        { reason: 'opted-out', recipients: 1n },
        { reason: 'portfolio-limit', recipients: 1n },
      ],
    });
    expect(planned.events[0]).toMatchObject({ contentPackId: 'fallback', fallback: true });
  });

  it('shrinks the spread and never leaves the window', () => {
    const dueMs = timestampMs(planned.events[0]?.dueAt ?? timestampFromMs(0));

    expect(dueMs).toBeGreaterThanOrEqual(at('05:59:40'));
    expect(dueMs).toBeLessThan(at('06:00:30'));
  });

  it('opens the run without waiting for the shards, and pages for it', async () => {
    await eventually(() => expect(runs.events.some((run) => run.state === RunState.RUNNING)).toBe(true));
    await eventually(() =>
      expect(alerts.events).toContainEqual(expect.objectContaining({ alertName: 'DaybreakRunNotStaged', severity: AlertSeverity.PAGE })),
    );
  });

  it('refuses an address in clear where JWE is demanded, and opens and seals the others', async () => {
    const letter = await eventually(() => {
      const found = deadLetters.events.find((one) => one.topic === topics.recipientUpserted.name);
      expect(found).toBeDefined();
      return found;
    });
    expect(letter?.violations).toMatchObject([{ field: 'phone_number' }]);
    const rows = await world.database.query<{ recipient_id: string; sealed_address: Buffer; address_key: string }>(
      'select recipient_id, sealed_address, address_key from recipient order by recipient_id',
    );
    expect(rows.map((row) => row.recipient_id)).toEqual(['changed-mind', 'sealed', 'third']);
    const sealed = rows.find((row) => row.recipient_id === 'sealed');
    expect(testPrivacy.addresses.open(sealed?.sealed_address ?? new Uint8Array(), 'sealed')).toBe(jwePhone);
    expect(sealed?.address_key).toBe(testPrivacy.addressKeys.keyOf(jwePhone));
  });
});
