import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { timestampFromMs, timestampMs } from '@bufbuild/protobuf/wkt';
import {
  AttemptOutcome,
  ConsentState,
  ObservedStatus,
  PublicStatus,
  ReferenceKind,
  SettledOutcome,
  topics,
  type DeadLetter,
  type DeliveryPlanned,
  type DeliveryStatusChanged,
  type DeliveryStatusObserved,
} from '@daybreak/contracts';
import type { Database } from '@daybreak/database';
import { seededRandom } from '@daybreak/kernel';
import {
  aConsentChanged,
  aDeliveryAttempted,
  aDeliverySettled,
  aDeliveryStatusObserved,
  eventually,
  MORNING,
  type Watched,
} from '@daybreak/testing';
import type { Timeline } from '../src/delivery/timeline.js';
import { aMorning, startSlaTracker, type Morning, type SlaTrackerWorld } from './sla-tracker-world.js';

const LADDER = [ObservedStatus.SENT, ObservedStatus.DELIVERED, ObservedStatus.READ];

describe('the fold', () => {
  let world: SlaTrackerWorld;
  let database: Database;
  let changes: Watched<DeliveryStatusChanged>;
  let deadLetters: Watched<DeadLetter>;

  beforeAll(async () => {
    world = await startSlaTracker();
    database = world.stack.database('sla-tracker');
    [changes, deadLetters] = await Promise.all([world.stack.watch(topics.deliveryStatusChanged), world.stack.watch(topics.deadLetter)]);
  });

  afterAll(() => world.stop());

  const dueMs = (planned: DeliveryPlanned): number => (planned.dueAt ? timestampMs(planned.dueAt) : 0);
  const ladderOf = (planned: DeliveryPlanned, rungs = LADDER): DeliveryStatusObserved[] =>
    rungs.map((status, i) => aDeliveryStatusObserved(planned, { status, occurredAt: timestampFromMs(dueMs(planned) + (i + 1) * 1_000) }));
  const announced = async (morning: Morning): Promise<void> => {
    await world.stack.publish(topics.runChanged, morning.changed(1));
  };
  const figures = (morning: Morning): Promise<unknown> => world.report(morning.runId);
  const lastWord = (planned: DeliveryPlanned): PublicStatus | undefined =>
    changes.events.findLast((change) => change.deliveryId === planned.deliveryId)?.status;

  it('comes to the same figures when everything arrives shuffled and twice, statuses before the plan among it', async () => {
    const morning = aMorning('0600', 20);
    const random = seededRandom(7);
    const publishings = morning.planned.flatMap((planned) => [
      () => world.stack.publish(topics.deliveryPlanned, planned),
      () => world.stack.publish(topics.deliveryAttempted, aDeliveryAttempted(planned)),
      () => world.stack.publish(topics.deliverySettled, aDeliverySettled(planned)),
      ...ladderOf(planned).map((status) => () => world.stack.publish(topics.deliveryStatusObserved, status)),
    ]);
    const shuffled = [...publishings, ...publishings]
      .map((publish) => ({ publish, place: random.next() }))
      .sort((a, b) => a.place - b.place);

    await announced(morning);
    for (const { publish } of shuffled) await publish();

    await eventually(async () =>
      expect(await figures(morning)).toMatchObject({
        ...{ eligible: 20, planned: 20, accepted: 20, sent: 20, delivered: 20, read: 20, failed: 0, unresolved: 0, denominator: 20 },
        ...{ onTime: { accepted: 20, sent: 20, delivered: 20 }, verdict: 'PASS', attempts: 20, duplicates: 0, lost: 0, outOfWindow: 0 },
        perShard: [{ shardId: 'shard-1', phoneNumberId: '106540352242922', accepted: 20, maxPerRollingSecond: 1 }],
      }),
    );
    await eventually(() => expect(morning.planned.map(lastWord)).toEqual(morning.planned.map(() => PublicStatus.READ)));
  });

  it('tells the outside every word a delivery goes through, once', async () => {
    const morning = aMorning('0601', 1);
    const [planned] = morning.planned as [DeliveryPlanned];
    const words = (): PublicStatus[] => changes.events.filter((c) => c.deliveryId === planned.deliveryId).map((c) => c.status);

    await world.stack.publish(topics.deliveryPlanned, planned);
    await eventually(() => expect(words()).toEqual([PublicStatus.QUEUED]));
    await world.stack.publish(topics.deliveryAttempted, aDeliveryAttempted(planned, { outcome: AttemptOutcome.HELD }));
    await eventually(() => expect(words()).toEqual([PublicStatus.QUEUED, PublicStatus.THROTTLED]));
    for (const status of ladderOf(planned)) {
      const before = words().length;
      await world.stack.publish(topics.deliveryStatusObserved, status, status);
      await eventually(() => expect(words()).toHaveLength(before + 1));
    }

    expect(words().slice(2)).toEqual([PublicStatus.SENT, PublicStatus.DELIVERED, PublicStatus.READ]);
    expect(changes.events.findLast((c) => c.deliveryId === planned.deliveryId)).toMatchObject({
      recipientId: planned.recipientId,
      messageId: expect.stringMatching(/^[0-9a-f]{32}$/),
      at: timestampFromMs(dueMs(planned) + 3_000),
    });
  });

  it('parks a status without our reference until its message is known', async () => {
    const morning = aMorning('0602', 1);
    const [planned] = morning.planned as [DeliveryPlanned];
    const attempted = aDeliveryAttempted(planned, { wamidHash: randomUUID().replaceAll('-', '') });
    const stranger = {
      deliveryId: '',
      runId: '',
      attempt: 0,
      epoch: 0n,
      referenceKind: ReferenceKind.UNSPECIFIED,
      wamidHash: attempted.wamidHash,
    };
    const orphans = async (): Promise<number> =>
      (await database.query('select 1 from status_orphan where wamid_hash = $1', [attempted.wamidHash])).length;

    await announced(morning);
    await world.stack.publish(topics.deliveryStatusObserved, aDeliveryStatusObserved(planned, stranger));
    await eventually(async () => expect(await orphans()).toBe(1));
    await world.stack.publish(topics.deliveryPlanned, planned);
    await world.stack.publish(topics.deliveryAttempted, attempted);

    await eventually(async () => expect(await figures(morning)).toMatchObject({ accepted: 1, sent: 1 }));
    expect(await orphans()).toBe(0);

    const delivered = { ...stranger, status: ObservedStatus.DELIVERED };
    await world.stack.publish(topics.deliveryStatusObserved, aDeliveryStatusObserved(planned, delivered));
    await eventually(async () => expect(await figures(morning)).toMatchObject({ delivered: 1 }));
    expect(await orphans()).toBe(0);
  });

  it('takes no notice of messages that are no deliveries', async () => {
    const morning = aMorning('0603', 1);
    const [planned] = morning.planned as [DeliveryPlanned];
    const reply = aDeliveryStatusObserved(planned, { referenceKind: ReferenceKind.REPLY, deliveryId: randomUUID() });
    await announced(morning);

    await world.stack.publish(topics.deliveryStatusObserved, reply, ...ladderOf(planned, [ObservedStatus.SENT]));
    await world.stack.publish(topics.deliveryPlanned, planned);

    await eventually(async () => expect(await figures(morning)).toMatchObject({ planned: 1, sent: 1 }));
    expect(await database.query('select 1 from delivery where delivery_id = $1', [reply.deliveryId])).toEqual([]);
  });

  it('counts refusals, ambiguous posts, duplicates and posts outside the window', async () => {
    const morning = aMorning('0604', 5);
    const [limited, unsure, twice, late, expired] = morning.planned as [
      DeliveryPlanned,
      DeliveryPlanned,
      DeliveryPlanned,
      DeliveryPlanned,
      DeliveryPlanned,
    ];
    const rejected = { outcome: AttemptOutcome.REJECTED, wamidHash: '', errorCode: 130429, httpStatus: 400, fault: 'throughput' };
    await announced(morning);

    await world.stack.publish(topics.deliveryPlanned, ...morning.planned);
    await world.stack.publish(
      topics.deliveryAttempted,
      aDeliveryAttempted(limited, rejected),
      aDeliveryAttempted(limited, { attempt: 2 }),
      aDeliveryAttempted(unsure, { outcome: AttemptOutcome.AMBIGUOUS, wamidHash: '' }),
      aDeliveryAttempted(twice),
      aDeliveryAttempted(twice, { attempt: 2, wamidHash: randomUUID().replaceAll('-', '') }),
      aDeliveryAttempted(late, { startedAt: timestampFromMs(MORNING.closesMs) }),
      aDeliveryAttempted(expired, { outcome: AttemptOutcome.NOT_SENT, wamidHash: '' }),
    );
    await world.stack.publish(
      topics.deliverySettled,
      aDeliverySettled(expired, { outcome: SettledOutcome.EXPIRED, reason: 'window-closed', wamidHash: '' }),
    );

    await eventually(async () =>
      expect(await figures(morning)).toMatchObject({
        ...{ accepted: 3, expired: 1, unresolved: 1, failed: 0, attempts: 6, rateLimited: 1, duplicates: 1, late: 1, outOfWindow: 1 },
        ...{ onTime: { accepted: 2, sent: 0, delivered: 0 }, lost: 0, verdict: 'FAIL' },
        missesByCause: { ours: 2, platform: 3, recipient: 0, not_eligible: 0 },
      }),
    );
  });

  it('takes out of the denominator who opted out before the POST, and keeps who did so afterwards', async () => {
    const morning = aMorning('0605', 3);
    const [before, after, suppressed] = morning.planned as [DeliveryPlanned, DeliveryPlanned, DeliveryPlanned];
    const stopAt = (planned: DeliveryPlanned, ms: number) =>
      aConsentChanged(planned.recipientId, {
        purposes: [{ purpose: 'content', state: ConsentState.OPTED_OUT, since: timestampFromMs(ms) }],
      });
    await announced(morning);

    await world.stack.publish(topics.deliveryPlanned, ...morning.planned);
    await world.stack.publish(topics.deliveryAttempted, aDeliveryAttempted(before), aDeliveryAttempted(after));
    await world.stack.publish(topics.consentChanged, stopAt(before, dueMs(before) - 1_000), stopAt(after, dueMs(after) + 1_000));
    await world.stack.publish(
      topics.deliverySettled,
      aDeliverySettled(suppressed, { outcome: SettledOutcome.SUPPRESSED, reason: 'consent', wamidHash: '' }),
    );

    await eventually(async () =>
      expect(await figures(morning)).toMatchObject({
        ...{ eligible: 3, denominator: 1, accepted: 2, suppressed: 1, onTime: { accepted: 1 } },
        missesByCause: { ours: 0, platform: 1, recipient: 0, not_eligible: 2 },
      }),
    );
  });

  it('forgets the opt-outs of a recipient who was erased', async () => {
    const recipientId = `adv-${randomUUID()}`;
    const optOuts = async (): Promise<number> =>
      (await database.query('select 1 from opt_out where recipient_id = $1', [recipientId])).length;
    const purposes = [{ purpose: 'content', state: ConsentState.OPTED_OUT, since: timestampFromMs(MORNING.opensMs) }];
    await world.stack.publish(topics.consentChanged, aConsentChanged(recipientId, { purposes }));
    await eventually(async () => expect(await optOuts()).toBe(1));

    await world.stack.tombstone(topics.consentChanged, recipientId);

    await eventually(async () => expect(await optOuts()).toBe(0));
  });

  it('tells one delivery’s way, by its own id or the recipient’s, and why it missed', async () => {
    const morning = aMorning('0607', 1);
    const [planned] = morning.planned as [DeliveryPlanned];
    const failed = { status: ObservedStatus.FAILED, errorCode: 131026, occurredAt: timestampFromMs(dueMs(planned) + 3_000) };
    await announced(morning);
    await world.stack.publish(topics.deliveryPlanned, planned);
    await world.stack.publish(topics.deliveryAttempted, aDeliveryAttempted(planned));
    await world.stack.publish(topics.deliveryStatusObserved, aDeliveryStatusObserved(planned, failed));
    await eventually(async () => expect(await figures(morning)).toMatchObject({ failedAfterAcceptance: 1, failuresByCode: { 131026: 1 } }));

    const byId = await eventually(async () => {
      const timeline = await world.get<Timeline>(`/runs/${morning.runId}/deliveries/${planned.deliveryId}`);
      expect(timeline).toMatchObject({
        ...{
          recipientId: planned.recipientId,
          shardId: 'shard-1',
          status: 'failed',
          outcome: 'accepted',
          reason: 'unreachable',
          errorCode: 131026,
        },
        ladder: { claimed: new Date(dueMs(planned)).toISOString(), accepted: new Date(dueMs(planned) + 500).toISOString(), sent: null },
        miss: { cause: 'recipient', detail: 'unreachable' },
        events: [{ what: 'attempted' }, { what: 'status', detail: { status: 'failed', errorCode: 131026 } }],
      });
      return timeline;
    });

    expect(await world.get(`/runs/${morning.runId}/deliveries/${planned.recipientId}`)).toEqual(byId);
    expect(await world.get(`/runs/${morning.runId}/deliveries/nobody`)).toMatchObject({ status: 404 });
  });

  it('sends what is wrong to the dead letters, each by itself, and folds the rest', async () => {
    const morning = aMorning('0608', 2);
    const [good, bad] = morning.planned as [DeliveryPlanned, DeliveryPlanned];
    await announced(morning);

    await world.stack.publish(topics.deliveryPlanned, { ...bad, deliveryId: 'not-a-uuid' }, good, { ...bad, runId: 'no-date' });

    await eventually(() =>
      expect(deadLetters.events.flatMap((letter) => letter.violations.map((v) => v.field)).sort()).toEqual(['delivery_id', 'run_id']),
    );
    await eventually(async () =>
      expect(await database.query('select 1 from delivery where delivery_id = $1', [good.deliveryId])).toHaveLength(1),
    );
  });
});
