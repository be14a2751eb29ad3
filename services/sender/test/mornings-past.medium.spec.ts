import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from '@daybreak/database';
import { testStack, type TestStack } from '@daybreak/testing';
import { RetentionRepository } from '../src/store/retention.repository.js';
import { StagingRepository } from '../src/store/staging.repository.js';

const ROWS = 500;

/** By the service's own role, which may change no table: what it may do all the same. */
describe('mornings that are past, and one that comes', () => {
  let stack: TestStack;
  let database: Database;
  let staging: StagingRepository;

  const partitions = async (): Promise<string[]> =>
    (
      await database.query<{ name: string }>(
        `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
         where i.inhparent in ('delivery'::regclass, 'attempt'::regclass) and c.relkind = 'r' order by 1`,
      )
    ).map(({ name }) => name);

  beforeAll(async () => {
    stack = await testStack({ services: ['sender'] });
    database = stack.database('sender');
    staging = new StagingRepository(database);
    await staging.ensurePartitions(['2026-11-07', '2026-11-08', '2026-11-22']);
  }, 60_000);

  afterAll(() => stack.stop());

  it('drops whole mornings that are older than they are kept, and no other', async () => {
    const dropped = await new RetentionRepository(database).forgetBefore('2026-11-08');

    expect(dropped).toBe(1);
    expect(await partitions()).toEqual(['attempt_20261108', 'attempt_20261122', 'delivery_20261108', 'delivery_20261122']);
  });

  it('may not drop anything by itself', async () => {
    await expect(database.execute('drop table delivery_20261108')).rejects.toThrow(/owner/);
  });

  it('refreshes the statistics of a morning when its rows have come, once for all pods', async () => {
    const run = { runId: 'main-20261122-0600', runDate: '2026-11-22' };
    await database.execute(
      `insert into run (run_id, tenant_id, run_date, opens_at, first_attempts_end_at, closes_at, deadline_at)
       values ($1, 'main', $2::date, now(), now(), now(), now())`,
      [run.runId, run.runDate],
    );
    await database.execute(
      `insert into delivery (run_date, delivery_id, run_id, recipient_id, shard_id, content_id, template, critical, due_at, sealed_address, body_parameters)
       select $2::date, gen_random_uuid(), $1, 'adv-' || n, 'shard-1', 'c', 't/en', false, now(), '', '{}' from generate_series(1, $3) n`,
      [run.runId, run.runDate, ROWS],
    );

    const fresh = await Promise.all([staging.analyzeWhenGrown(run), new StagingRepository(database).analyzeWhenGrown(run)]);

    expect(fresh).toContain(true);
    expect(await staging.analyzeWhenGrown(run)).toBe(true);
    const [table] = await database.query<{ rows: number }>(
      `select reltuples::integer as rows from pg_class where oid = 'delivery_20261122'::regclass`,
    );
    expect(table?.rows).toBe(ROWS);
  });
});
