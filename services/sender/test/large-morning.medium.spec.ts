import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from '@daybreak/database';
import { testStack, type TestStack } from '@daybreak/testing';
import { rowOf } from '../src/delivery/claim.js';
import type { DeliveryRecord } from '../src/delivery/delivery-record.js';
import { ClaimRepository } from '../src/store/claim.repository.js';
import { ConsentRepository } from '../src/store/consent.repository.js';
import { DeliveryRepository } from '../src/store/delivery.repository.js';
import { MediaRepository } from '../src/store/media.repository.js';
import { MoveRepository } from '../src/store/move.repository.js';
import { RetentionRepository } from '../src/store/retention.repository.js';
import { StagingRepository } from '../src/store/staging.repository.js';

const PEOPLE = 40_000;
const BATCH = 1_000;
/** Rows read for one that is changed: found, locked, found again by its place, written. */
const READS_EACH = 5;

const RUN = { runDate: '2026-11-22', runId: 'main-20261122-0600' };
const OPENS_MS = Date.parse('2026-11-22T00:29:30Z');
const SHARD = { shardId: 'shard-1', phoneNumberId: '106540352242922' };
const LEASE = { shardId: SHARD.shardId, epoch: 1, owner: 'pod-0' };

/**
 * What is asked again and again while a window is open, and must not cost what the morning has rows. PostgreSQL itself says what it read. The cases follow
 * each other as in a morning.
 */
describe('a large morning', () => {
  let stack: TestStack;
  let database: Database;
  let claimed: DeliveryRecord[];
  let accepted: DeliveryRecord[];

  /** What one transaction answers, and how many rows of a table or its partitions it read. */
  const reading = async <T>(table: string, ask: (sql: Database) => Promise<T>): Promise<{ answer: T; rowsRead: number }> =>
    database.transaction(async (tx) => {
      const readSoFar = async (): Promise<number> => {
        const [read] = await tx.query<{ n: number }>(
          `select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::integer as n from pg_stat_xact_user_tables where relname like $1 || '%'`,
          [table],
        );
        return read?.n ?? Number.NaN;
      };
      const before = await readSoFar(); // of transactions that this connection has not told the server's statistics yet
      const answer = await ask(tx as Database);
      return { answer, rowsRead: (await readSoFar()) - before };
    });
  const counts = (): Promise<unknown> => new StagingRepository(database).countByState(RUN, SHARD.shardId);
  const ofBatch = (rowsRead: number): void => {
    expect(rowsRead).toBeGreaterThanOrEqual(BATCH);
    expect(rowsRead).toBeLessThanOrEqual(READS_EACH * BATCH);
  };

  beforeAll(async () => {
    stack = await testStack({ services: ['sender'] });
    database = stack.database('sender');
    const staging = new StagingRepository(database);
    await staging.ensurePartitions([RUN.runDate]);
    await staging.announceRuns(database, [
      {
        ...{ ...RUN, tenantId: 'main', planHash: 'h' },
        ...{ opensAtMs: OPENS_MS, closesAtMs: OPENS_MS + 300_000, deadlineAtMs: OPENS_MS + 330_000 },
      },
    ]);
    await database.execute(`insert into content (content_id, run_date, body) values ('c', $1::date, $2::jsonb)`, [
      RUN.runDate,
      JSON.stringify({ headerMedia: { sha256: 'a'.repeat(64), url: 'https://assets.test/p.jpg', mediaType: 'image/jpeg', sizeBytes: 9 } }),
    ]);
    await database.execute(
      `insert into delivery (run_date, delivery_id, run_id, recipient_id, shard_id, content_id, template, critical, due_at, sealed_address, body_parameters)
       select $2::date, gen_random_uuid(), $1, 'adv-' || n, 'shard-1', 'c', 't/en', false, to_timestamp($3::float8 / 1000), '', '{}' from generate_series(1, $4) n`,
      [RUN.runId, RUN.runDate, OPENS_MS, PEOPLE],
    );
    await database.execute(
      `insert into consent (recipient_id, purpose, state, since, version, touched_at)
       select 'adv-' || n, 'content', 'opted_in', now(), n, now() - interval '1 hour' from generate_series(1, $1) n`,
      [PEOPLE],
    );
    await staging.analyzeWhenGrown(RUN);
    await database.execute(
      `insert into shard_lease (shard_id, epoch, owner, expires_at) values ('shard-1', 1, 'pod-0', now() + interval '1 hour')`,
    );
    const due = { nowMs: OPENS_MS, dueUntilMs: OPENS_MS, limit: BATCH, onlyStarted: false, onlyCritical: false, exceptTemplates: [] };
    claimed = (await new ClaimRepository(database).claimDue({ ...RUN, ...LEASE, ...due })).map(rowOf);
    accepted = claimed.map((record) => ({ ...record, state: 'ACCEPTED', acceptedAttempt: 1, wamidHash: 'w' }));
  }, 60_000);

  afterAll(() => stack.stop());

  it('writes a batch of results by reading that batch', async () => {
    const { answer, rowsRead } = await reading('delivery_2', (sql) =>
      new DeliveryRepository().writeIfUntouched(sql, RUN.runDate, accepted),
    );

    expect(answer.size).toBe(BATCH);
    ofBatch(rowsRead);
  });

  it('writes rows that it has locked by reading those', async () => {
    const again = accepted.map((record) => ({ ...record, wamidHash: 'again' }));

    const { rowsRead } = await reading('delivery_2', (sql) => new DeliveryRepository().write(sql, RUN.runDate, again));

    ofBatch(rowsRead);
    expect(await database.query(`select from delivery where run_date = $1::date and wamid_hash = 'again'`, [RUN.runDate])).toHaveLength(
      BATCH,
    );
  });

  it('leaves alone what webhooks prove once more, by reading what they speak of', async () => {
    const proofs = claimed.map(({ deliveryId }) => ({ deliveryId, attempt: 1 }));

    const { answer, rowsRead } = await reading('delivery_2', (sql) => new DeliveryRepository().lock(sql, RUN.runDate, { proofs }));

    expect(answer).toEqual([]);
    ofBatch(rowsRead);
  });

  it('locks what webhooks prove anew, and finds what it was made of, by reading what they speak of', async () => {
    const proofs = claimed.map(({ deliveryId }) => ({ deliveryId, attempt: 2 }));
    const posts = claimed.map(({ deliveryId }) => ({ deliveryId, attempt: 1 }));
    await database.execute(
      `insert into attempt (run_date, delivery_id, attempt, epoch, shard_id, phone_number_id, outcome, http_status, error_code, fault, template, started_at, wamid_hash)
       select run_date, delivery_id, 1, 1, shard_id, $2, 'accepted', 200, 0, '', template, now(), '' from delivery where run_date = $1::date`,
      [RUN.runDate, SHARD.phoneNumberId],
    );
    await database.execute('analyze attempt');
    const repository = new DeliveryRepository();

    const locked = await reading('delivery_2', (sql) => repository.lock(sql, RUN.runDate, { proofs }));
    const starts = await reading('attempt_2', (sql) => repository.startsOf(sql, RUN.runDate, posts));
    const behind = await reading('attempt_2', (sql) => repository.postsBehind(sql, RUN.runDate, posts));

    expect([locked.answer.length, starts.answer.size, behind.answer.length]).toEqual([BATCH, BATCH, BATCH]);
    for (const { rowsRead } of [locked, starts, behind]) ofBatch(rowsRead);
  });

  it('knows what a shard holds, what waits and which media it needs without reading a delivery', async () => {
    const { answer, rowsRead } = await reading('delivery_2', async (sql) => [
      await new StagingRepository(sql).countByState(RUN, SHARD.shardId),
      await new StagingRepository(sql).countByShard(RUN),
      await new MoveRepository(sql).waiting(RUN),
      await new StagingRepository(sql).analyzeWhenGrown(RUN),
      await new MediaRepository(sql).readiness(SHARD, RUN, OPENS_MS),
    ]);

    const states = { ACCEPTED: BATCH, QUEUED: PEOPLE - BATCH };
    expect(answer).toEqual([states, new Map([['shard-1', states]]), new Map([['shard-1', PEOPLE - BATCH]]), true, { needed: 1, ready: 0 }]);
    expect(rowsRead).toBe(0);
  });

  it('wants the media of whoever still waits, by reading one delivery of each content', async () => {
    const look = () => reading('delivery_2', (sql) => new MediaRepository(sql).wanted(SHARD, RUN.runDate, OPENS_MS, OPENS_MS, 10));

    const [personal] = accepted;
    await database.execute(`insert into content (content_id, run_date, body) values ('personal', $1::date, $2::jsonb)`, [
      RUN.runDate,
      JSON.stringify({ headerMedia: { sha256: 'b'.repeat(64), url: 'https://assets.test/b.jpg', mediaType: 'image/jpeg', sizeBytes: 9 } }),
    ]);
    await database.execute(`insert into shard_content values ('shard-1', $1::date, $2, 'personal')`, [RUN.runDate, RUN.runId]);
    await database.execute(`update delivery set content_id = 'personal' where run_date = $1::date and delivery_id = $2`, [
      RUN.runDate,
      personal?.deliveryId,
    ]);
    const { answer, rowsRead } = await look();

    expect(answer.map(({ sha256 }) => sha256)).toEqual(['a'.repeat(64)]); // the other's delivery is on its way already
    expect(rowsRead).toBeLessThanOrEqual(BATCH); // entries of rows that were claimed since may be in the way once
    await new MediaRepository(database).uploaded(SHARD.phoneNumberId, 'a'.repeat(64), 'm', OPENS_MS, OPENS_MS + 1);
    expect((await look()).answer).toEqual([]);
    expect(await new MediaRepository(database).unchecked(SHARD, RUN.runDate, OPENS_MS + 1, 10)).toHaveLength(1);
  });

  it('sees what changed of consent by reading what changed', async () => {
    await database.execute(`update consent set state = 'opted_out', touched_at = clock_timestamp() where recipient_id = 'adv-7'`);

    const { answer, rowsRead } = await reading('consent', (sql) => new ConsentRepository(sql).changedWithin(60, 'content'));

    expect([...answer.keys()]).toEqual(['adv-7']);
    expect(rowsRead).toBeLessThanOrEqual(2);
  });

  it('counts right over many changes, and puts them together', async () => {
    const parts = async (): Promise<number> => (await database.query<{ n: number }>('select count(*) as n from delivery_count'))[0]?.n ?? 0;
    for (let n = 0; n < 300; n += 1)
      await database.execute(
        `update delivery set state = 'FAILED' where run_date = $1::date and delivery_id = (select delivery_id from delivery where run_date = $1::date and state = 'QUEUED' limit 1)`,
        [RUN.runDate],
      );
    const before = await parts();
    const expected = { ACCEPTED: BATCH, QUEUED: PEOPLE - BATCH - 300, FAILED: 300 };

    expect(await counts()).toEqual(expected);

    await new StagingRepository(database).addUp(RUN, SHARD.shardId);

    expect(before).toBeGreaterThan(500);
    expect(await parts()).toBe(3);
    expect(await counts()).toEqual(expected);
  });

  it('tells the shard that deliveries move to what they carry', async () => {
    const moves = claimed.map(({ deliveryId }) => ({ deliveryId, toShardId: 'shard-2' }));

    const { rowsRead } = await reading('delivery_2', (sql) => new MoveRepository(sql).move(sql, RUN.runDate, moves));

    ofBatch(rowsRead);
    expect(await new StagingRepository(database).countByState(RUN, 'shard-2')).toEqual({ ACCEPTED: BATCH });
    expect(await new MediaRepository(database).readiness({ ...SHARD, shardId: 'shard-2' }, RUN, OPENS_MS)).toEqual({ needed: 2, ready: 1 });
  });

  it('forgets the counts with the morning', async () => {
    await new RetentionRepository(database).forgetBefore('2026-11-23');

    expect(await counts()).toEqual({});
  });
});
