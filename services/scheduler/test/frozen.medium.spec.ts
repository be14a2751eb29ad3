import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topics, type ContentPackRejected, type ContentPart } from '@daybreak/contracts';
import { sha256Hex } from '@daybreak/kernel';
import { aContentPackReady, eventually, type InTest, type Watched } from '@daybreak/testing';
import { ForgetPlans } from '../src/run/forget-plans.js';
import { clockAt, RUN_ID, schedulerWorld, type SchedulerWorld } from './scheduler-world.js';

describe('a plan that is bound, and one that is old', () => {
  let world: SchedulerWorld;
  let replica: InTest;
  let rejected: Watched<ContentPackRejected>;

  beforeAll(async () => {
    world = await schedulerWorld();
    rejected = await world.stack.watch(topics.contentPackRejected);
    replica = await world.replica(clockAt('05:00:00', 0.001));
    await eventually(async () => expect(await world.database.query('select 1 from run where run_id = $1', [RUN_ID])).toHaveLength(1));
  }, 60_000);

  afterAll(() => world.stop());

  const violationsOf = (contentPackId: string): string[] | undefined =>
    rejected.events.find((event) => event.contentPackId === contentPackId)?.violations.map((v) => `${v.field}: ${v.reason}`);
  const isKept = async (contentPackId: string): Promise<boolean> =>
    (await world.database.query('select 1 from content_pack where content_pack_id = $1', [contentPackId])).length > 0;

  it('sends back what Postgres could not keep, and takes the rest of the batch', async () => {
    const nul = 'half\0';
    const [image, text] = aContentPackReady().parts as [ContentPart, ContentPart];

    await world.stack.publish(
      topics.contentPackReady,
      aContentPackReady({ contentPackId: 'with-nul', parts: [image, { ...text, text: nul, sha256: sha256Hex(nul) }] }),
      aContentPackReady({ contentPackId: 'beyond-time', publishedAt: { seconds: 9_000_000_000_000n, nanos: 0 } }),
      aContentPackReady({ contentPackId: 'in-time' }),
    );

    await eventually(() => expect(violationsOf('with-nul')).toEqual(['parts[1].text: must be text without NUL']));
    await eventually(() => expect(violationsOf('beyond-time')).toEqual(['published_at: is not an instant of the years 1 to 9999']));
    await eventually(async () => expect(await isKept('in-time')).toBe(true));
  });

  it('sends back a pack that comes while the plan is being frozen, and keeps it out', async () => {
    const waiting = () =>
      world.database.query(`select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'update run set state = state%'`);

    await world.database.transaction(async (tx) => {
      await tx.execute(`update run set state = 'FROZEN', plan_hash = 'h' where run_id = $1`, [RUN_ID]);
      await world.stack.publish(topics.contentPackReady, aContentPackReady({ contentPackId: 'too-late' }));
      await eventually(async () => expect(await waiting()).toHaveLength(1), { timeoutMs: 10_000 });
    });

    await eventually(() => expect(violationsOf('too-late')).toEqual(['run_date: the plan of this date is frozen']));
    expect(await isKept('too-late')).toBe(false);
  }, 30_000);

  it('is forgotten after its days, person by person; the run stays', async () => {
    const runOf = async (runId: string, runDate: string): Promise<void> => {
      await world.database.execute(
        `insert into run select (jsonb_populate_record(null::run, to_jsonb(r) || jsonb_build_object('run_id', $2::text, 'run_date', $3::text, 'state', 'CLOSED'))).*
         from run r where run_id = $1`,
        [RUN_ID, runId, runDate],
      );
      await world.database.execute('insert into plan_exclusion (run_id, recipient_id, reason) values ($1, $2, $3)', [
        runId,
        'adv',
        'no-consent',
      ]);
    };
    await runOf('main-20251018-0600', '2025-10-18'); // 400 days before the morning
    await runOf('main-20251017-0600', '2025-10-17');

    await replica.app.get(ForgetPlans).forget();

    expect(await world.database.query('select run_id from plan_exclusion')).toEqual([{ run_id: 'main-20251018-0600' }]);
    expect(await world.database.query(`select 1 from run where run_date < '2026-01-01'`)).toHaveLength(2);
  });
});
