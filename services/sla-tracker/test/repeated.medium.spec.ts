import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import {
  ObservedStatus,
  PublicStatus,
  ReferenceKind,
  topics,
  type DeadLetter,
  type DeliveryPlanned,
  type DeliveryStatusChanged,
} from '@daybreak/contracts';
import type { Database } from '@daybreak/database';
import { aDeliveryAttempted, aDeliveryPlanned, aDeliveryStatusObserved, eventually, MORNING, type Watched } from '@daybreak/testing';
import { FindOverdue } from '../src/delivery/find-overdue.js';
import { ForgetDays } from '../src/delivery/forget-days.js';
import { encodeStatus } from '../src/delivery/observed.mapper.js';
import { aMorning, startSlaTracker, type Morning, type SlaTrackerWorld } from './sla-tracker-world.js';

const DAY_MS = 86_400_000;
const NO_REFERENCE = { deliveryId: '', runId: '', attempt: 0, epoch: 0n, referenceKind: ReferenceKind.UNSPECIFIED } as const;

describe('what comes again, too late or wrong', () => {
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

  const rowsOf = async (table: 'delivery_event' | 'status_orphan'): Promise<number> =>
    (await database.query(`select 1 from ${table}`)).length;
  const served = async (morning: Morning): Promise<void> => {
    await world.stack.publish(topics.runChanged, morning.changed(1));
    await world.stack.publish(topics.deliveryPlanned, ...morning.planned);
    await world.stack.publish(topics.deliveryAttempted, ...morning.planned.map((planned) => aDeliveryAttempted(planned)));
    await eventually(async () => expect(await world.report(morning.runId)).toMatchObject({ accepted: morning.planned.length }));
  };
  /** Of the same delivery, so behind everything that was published for it before. */
  const behindThem = async (morning: Morning, planned: DeliveryPlanned): Promise<void> => {
    await world.stack.publish(topics.deliveryStatusObserved, aDeliveryStatusObserved(planned, { status: ObservedStatus.READ }));
    await eventually(async () => expect(await world.report(morning.runId)).toMatchObject({ read: 1 }));
  };

  it('keeps a status that is posted again once, known or parked', async () => {
    const morning = aMorning('0640', 1);
    const [planned] = morning.planned as [DeliveryPlanned];
    const stranger = aDeliveryStatusObserved(planned, { ...NO_REFERENCE, wamidHash: randomUUID().replaceAll('-', '') });
    const sent = aDeliveryStatusObserved(planned);
    await served(morning);
    const before = await rowsOf('delivery_event');

    for (let again = 0; again < 3; again += 1) await world.stack.publish(topics.deliveryStatusObserved, sent, stranger);
    await world.stack.publish(topics.deliveryStatusObserved, { ...stranger, status: ObservedStatus.READ });
    await behindThem(morning, planned);

    expect(await rowsOf('delivery_event')).toBe(before + 2);
    await eventually(async () => expect(await rowsOf('status_orphan')).toBe(2));
  });

  it('folds no status that is older than Meta would send it, and counts it', async () => {
    const morning = aMorning('0641', 1);
    const [planned] = morning.planned as [DeliveryPlanned];
    const old = aDeliveryStatusObserved(planned, {
      occurredAt: timestampFromMs(MORNING.opensMs - 9 * DAY_MS),
      status: ObservedStatus.FAILED,
    });
    await served(morning);

    await world.stack.publish(topics.deliveryStatusObserved, old);
    await behindThem(morning, planned);

    expect(await world.report(morning.runId)).toMatchObject({ read: 1, failuresByCode: {} });
    const scraped = await (await fetch(`${world.tracker.url}/metrics`)).text();
    expect(scraped).toContain('daybreak_status_events_dropped_total{reason="too-old"} 1');
  });

  it('joins the other parked statuses although one cannot be read', async () => {
    const morning = aMorning('0642', 2);
    const [first, second] = morning.planned as [DeliveryPlanned, DeliveryPlanned];
    const [one, two] = [aDeliveryAttempted(first), aDeliveryAttempted(second)];
    await world.stack.publish(topics.runChanged, morning.changed(1));
    await world.stack.publish(topics.deliveryPlanned, ...morning.planned);
    const { occurredAt: _, ...unstamped } = aDeliveryStatusObserved(first, NO_REFERENCE);
    const park = 'insert into status_orphan (status_key, wamid_hash, payload) values ($1, $1, $2)';
    await database.execute(park, [one.wamidHash, encodeStatus(unstamped)]);
    await database.execute(park, [two.wamidHash, encodeStatus(aDeliveryStatusObserved(second, NO_REFERENCE))]);

    await world.stack.publish(topics.deliveryAttempted, one, two);

    await eventually(async () => expect(await world.report(morning.runId)).toMatchObject({ accepted: 2, sent: 1 }));
    expect(await database.query('select 1 from status_orphan where wamid_hash = any($1)', [[one.wamidHash, two.wamidHash]])).toEqual([]);
  });

  it('sends a delivery of another plan than the run’s to the dead letters', async () => {
    const morning = aMorning('0643', 1);
    const [planned] = morning.planned as [DeliveryPlanned];
    const bound = morning.changed(1);
    bound.planHash = planned.planHash;
    const stranger = aDeliveryPlanned({ runId: morning.runId, planHash: 'f'.repeat(64) });
    await world.stack.publish(topics.runChanged, bound);
    await eventually(async () => expect(await world.report(morning.runId)).toBeDefined());

    await world.stack.publish(topics.deliveryPlanned, stranger, planned);

    await eventually(() => expect(deadLetters.events.flatMap(({ violations }) => violations.map((v) => v.field))).toContain('plan_hash'));
    await eventually(async () =>
      expect(await database.query('select delivery_id from delivery where run_id = $1', [morning.runId])).toEqual([
        { delivery_id: planned.deliveryId },
      ]),
    );
  });

  it('tells the outside nothing of a delivery before it can say whose it is, and then all it knows', async () => {
    const morning = aMorning('0644', 1);
    const [planned] = morning.planned as [DeliveryPlanned];
    const told = (): DeliveryStatusChanged[] => changes.events.filter((change) => change.deliveryId === planned.deliveryId);
    await world.stack.publish(topics.deliveryStatusObserved, aDeliveryStatusObserved(planned));
    await eventually(async () => expect(await database.query('select 1 from delivery where run_id = $1', [morning.runId])).toHaveLength(1));

    await world.stack.publish(topics.deliveryPlanned, planned);

    await eventually(() => expect(told()).toHaveLength(1));
    expect(told()).toMatchObject([{ status: PublicStatus.SENT, recipientId: planned.recipientId }]);
  });

  it('calls throttled what is due and not posted while the window is open, once', async () => {
    const morning = aMorning('0645', 3);
    const [posted, waiting, notDue] = morning.planned as [DeliveryPlanned, DeliveryPlanned, DeliveryPlanned];
    notDue.dueAt = timestampFromMs(MORNING.closesMs - 1_000);
    const told = ({ deliveryId }: DeliveryPlanned): PublicStatus[] =>
      changes.events.filter((change) => change.deliveryId === deliveryId).map(({ status }) => status);
    await world.stack.publish(topics.runChanged, morning.changed(1));
    await world.stack.publish(topics.deliveryPlanned, ...morning.planned);
    await world.stack.publish(topics.deliveryAttempted, aDeliveryAttempted(posted));
    await eventually(async () => expect(await world.report(morning.runId)).toMatchObject({ accepted: 1, unresolved: 2 }));
    const overdue = world.tracker.app.get(FindOverdue);

    for (let again = 0; again < 2; again += 1) await overdue.look(MORNING.opensMs + 60_000);
    await overdue.look(MORNING.closesMs); // what is not posted by then the sender ends

    await eventually(() => expect(told(waiting)).toEqual([PublicStatus.QUEUED, PublicStatus.THROTTLED]));
    expect([told(posted), told(notDue)]).toEqual([[PublicStatus.QUEUED], [PublicStatus.QUEUED]]);
  });

  it('forgets deliveries and events after their days, and keeps the others', async () => {
    const dayOf = (daysAgo: number): string => new Date(MORNING.opensMs - daysAgo * DAY_MS).toISOString().slice(0, 10);
    const partitions = async (): Promise<string[]> =>
      (await database.query<{ name: string }>(`select inhrelid::regclass::text as name from pg_inherits order by 1`))
        .map(({ name }) => name.replace(/^.*\./, ''))
        .filter((name) => /^delivery(_event)?_\d{8}$/.test(name));
    const named = (table: string, daysAgo: number): string => `${table}_${dayOf(daysAgo).replaceAll('-', '')}`;
    for (const daysAgo of [401, 399, 31, 29]) await database.query('select open_day($1::date)', [dayOf(daysAgo)]);

    await world.tracker.app.get(ForgetDays).forget();

    const left = await partitions();
    for (const gone of [named('delivery', 401), named('delivery_event', 401), named('delivery_event', 399), named('delivery_event', 31)])
      expect(left).not.toContain(gone);
    for (const kept of [named('delivery', 399), named('delivery', 31), named('delivery', 29), named('delivery_event', 29)])
      expect(left).toContain(kept);
  });
});
