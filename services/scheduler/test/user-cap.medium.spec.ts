import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { ObservedStatus, ReferenceKind, topics } from '@daybreak/contracts';
import { deliveryIdOf } from '@daybreak/kernel';
import { aContentPackReady, aDeliveryPlanned, aDeliveryStatusObserved, aTemplateState, eventually, type InTest } from '@daybreak/testing';
import { DrawUpPlan } from '../src/plan/draw-up-plan.js';
import { ForgetPlans } from '../src/run/forget-plans.js';
import { aRun, at } from './plan.factory.js';
import { clockAt, publishAdvisors, schedulerWorld, type SchedulerWorld } from './scheduler-world.js';

const YESTERDAY = 'main-20261121-0600';
const DAY_MS = 86_400_000;
const NOBODY = new Error('nothing of it is to stay');

/** Advisors, and when Meta gave up what they were sent yesterday, by today's clock. */
const GIVEN_UP: Readonly<Record<string, string>> = { early: '06:03:29', late: '06:03:45', 'long-ago': '05:59:00' };

let world: SchedulerWorld;
let replica: InTest;

beforeAll(async () => {
  world = await schedulerWorld();
  const { stack, database } = world;
  await stack.publish(topics.templateState, aTemplateState({ language: 'mr' })); // of category MARKETING
  await stack.publish(topics.contentPackReady, aContentPackReady({ contentPackId: 'pack-mr', language: 'mr' }));
  await publishAdvisors(
    stack,
    ['nobody-said', ...Object.keys(GIVEN_UP)].map((recipientId) => ({ recipientId, language: 'mr' })),
  );
  for (const recipientId of Object.keys(GIVEN_UP))
    await database.execute(
      `insert into planned_delivery (run_id, recipient_id, delivery_id, shard_id, business_portfolio_id, content_pack_id, content_hash, fallback,
         critical, language, delivery_mode, template_family, template_version, parameters_sha256, due_at)
       values ($1, $2, $3, 'shard-1', 'portfolio', 'pack', 'h', false, false, 'mr', 'direct', 'daily_pack', 'v1', 's', '2026-11-21T00:30:00Z')`,
      [YESTERDAY, recipientId, deliveryIdOf(YESTERDAY, recipientId)],
    );
  await stack.publish(
    topics.deliveryStatusObserved,
    ...Object.entries(GIVEN_UP).map(([recipientId, time]) =>
      aDeliveryStatusObserved(aDeliveryPlanned({ runId: YESTERDAY, recipientId, deliveryId: deliveryIdOf(YESTERDAY, recipientId) }), {
        referenceKind: ReferenceKind.DELIVERY,
        status: ObservedStatus.FAILED,
        errorCode: 131049,
        occurredAt: timestampFromMs(at(time) - DAY_MS),
      }),
    ),
  );
  replica = await world.replica(clockAt('05:30:00', 0.001));
}, 60_000);

afterAll(() => world.stop());

it('leaves alone for a day whom Meta capped: planned for when it is over, left out where that is too late, and forgotten afterwards', async () => {
  await eventually(async () => expect(await world.database.query('select 1 from user_cap')).toHaveLength(Object.keys(GIVEN_UP).length));

  // Everything that the plan hangs on comes over many partitions: drawn up until all of it is there.
  await eventually(async () => {
    const { due, excluded } = await drawnUp();
    expect([...due.keys()].sort()).toEqual(['early', 'long-ago', 'nobody-said']);
    expect(due.get('early')).toBe(at('06:03:29'));
    expect(excluded).toEqual(new Map([['late', 'user-cap']]));
  });

  const forgetting = replica.app.get(ForgetPlans);
  Object.assign(forgetting, { clock: { nowMs: () => at('06:03:35') } });
  await forgetting.forget();
  expect(await world.database.query('select 1 from user_cap')).toHaveLength(1);
});

async function drawnUp(): Promise<{ due: Map<string, number>; excluded: Map<string, string> }> {
  const run = aRun();
  let due = new Map<string, number>();
  let excluded = new Map<string, string>();
  const drawing = world.database.transaction(async (tx) => {
    await replica.app.get(DrawUpPlan).drawUp(tx, run, at('05:45'));
    const planned = await tx.query<{ recipient_id: string; due_at: Date }>(
      'select recipient_id, due_at from planned_delivery where run_id = $1',
      [run.runId],
    );
    due = new Map(planned.map((row) => [row.recipient_id, row.due_at.getTime()]));
    const left = await tx.query<{ recipient_id: string; reason: string }>(
      'select recipient_id, reason from plan_exclusion where run_id = $1',
      [run.runId],
    );
    excluded = new Map(left.map((row) => [row.recipient_id, row.reason]));
    throw NOBODY;
  });
  await drawing.catch((error: unknown) => {
    if (error !== NOBODY) throw error;
  });
  return { due, excluded };
}
