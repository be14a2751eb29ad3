import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Database } from '../src/database.js';
import { Inbox } from '../src/inbox.js';
import type { Sql } from '../src/sql.js';
import { AService } from './a-service.js';

const TABLES = `
  create table thing (id bigint primary key, name text not null, big bigint[], at timestamptz, bytes bytea);
  create table inbox (consumer text not null, event_id text not null, seen_at timestamptz not null default clock_timestamp(), primary key (consumer, event_id));
`;

describe(Database.name, () => {
  let service: AService;
  let sut: Database;
  beforeAll(async () => {
    service = await AService.create();
    await service.write('202611230900_start', TABLES);
    await service.migrate();
    sut = service.database();
  });
  afterAll(() => service.drop());
  beforeEach(() => sut.execute('delete from thing'));

  const names = async (): Promise<unknown[]> =>
    (await sut.query<{ name: string }>('select name from thing order by id')).map((row) => row.name);

  it('commits what resolves and rolls back what rejects', async () => {
    await sut.transaction((tx) => tx.execute(`insert into thing (id, name) values (1, 'kept')`));
    const rejected = sut.transaction(async (tx) => {
      await tx.execute(`insert into thing (id, name) values (2, 'lost')`);
      throw new Error('changed my mind');
    });

    await expect(rejected).rejects.toThrow('changed my mind');
    await expect(names()).resolves.toEqual(['kept']);
  });

  it.each([
    ['one by one', false],
    ['together', true],
  ])('commits what nobody waits for along with the rest, or nothing of it: %s', async (_, pipelined) => {
    const together = service.database({ pipelined });

    await together.transaction(async (tx) => {
      await tx.executeWithCommit(`insert into thing (id, name) values (1, 'first')`);
      await tx.executeWithCommit(`insert into thing (id, name) values (2, 'second')`);
    });
    const refused = together.transaction(async (tx) => {
      await tx.execute(`insert into thing (id, name) values (3, 'third')`);
      await tx.executeWithCommit(`insert into thing (id, name) values (1, 'first again')`);
      await tx.executeWithCommit(`insert into thing (id, name) values (4, 'fourth')`);
    });

    await expect(refused).rejects.toThrow('duplicate key');
    await expect(names()).resolves.toEqual(['first', 'second']);
  });

  it('says which statement failed, not which was refused because of it', async () => {
    const refused = service.database({ pipelined: true }).transaction(async (tx) => {
      await tx.executeWithCommit('select 1 / 0');
      await tx.execute(`insert into thing (id, name) values (1, 'lost')`);
    });

    await expect(refused).rejects.toThrow('division by zero');
  });

  it('does not tell a transaction as committed of which somebody swallowed a failure', async () => {
    const swallowed = sut.transaction(async (tx) => {
      await tx.execute(`insert into thing (id, name) values (1, 'lost')`);
      await tx.execute('select 1 / 0').catch(() => undefined);
    });

    await expect(swallowed).rejects.toThrow('division by zero');
    await expect(names()).resolves.toEqual([]);
  });

  it('takes arrays of rows in one statement', async () => {
    const at = new Date('2026-11-22T00:29:30Z');

    const inserted = await sut.execute(
      `insert into thing select id, name, array[id], at, bytes from unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::bytea[]) as row (id, name, at, bytes)`,
      [
        [1, 2],
        ['a', 'b'],
        [at, null],
        [Buffer.from([0, 255]), null],
      ],
    );

    expect(inserted).toBe(2);
    await expect(sut.query('select * from thing order by id')).resolves.toEqual([
      { id: 1, name: 'a', big: [1], at, bytes: Buffer.from([0, 255]) },
      { id: 2, name: 'b', big: [2], at: null, bytes: null },
    ]);
  });

  it('does not round a bigint that a number cannot hold', async () => {
    await expect(sut.query('select 9007199254740993::bigint as n')).rejects.toThrow(RangeError);
    await expect(sut.query('select 9007199254740991::bigint as n')).resolves.toEqual([{ n: Number.MAX_SAFE_INTEGER }]);
  });

  it('survives the loss of a connection in the middle of a transaction', async () => {
    const lost = sut.transaction(async (tx) => {
      const [me] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      await sut.execute('select pg_terminate_backend($1)', [me?.pid]);
      await new Promise((resolve) => setTimeout(resolve, 50)); // nothing is asked of the connection while it dies
      await tx.execute(`insert into thing (id, name) values (1, 'never')`);
    });

    await expect(lost).rejects.toThrow();
    await expect(names()).resolves.toEqual([]);
  });

  it('ends a statement that takes too long, and the connection is of use again', async () => {
    const hasty = service.database({ poolSize: 1, statementTimeoutMs: 50 });

    await expect(hasty.transaction((tx) => tx.execute('select pg_sleep(5)'))).rejects.toThrow(/statement timeout/);

    await expect(hasty.query('select 1 as one')).resolves.toEqual([{ one: 1 }]);
  });

  describe('with statements that go out together', () => {
    let pipelined: Database;
    beforeAll(() => {
      pipelined = service.database({ pipelined: true });
    });

    const add = (tx: Sql, id: number, name: string): Promise<number> =>
      tx.execute('insert into thing (id, name) values ($1, $2)', [id, name]);

    it('runs them in the order in which they were given', async () => {
      const [, seen] = await pipelined.transaction((tx) =>
        Promise.all([add(tx, 1, 'first'), tx.query('select name from thing'), add(tx, 2, 'last')]),
      );

      expect(seen).toEqual([{ name: 'first' }]);
      await expect(names()).resolves.toEqual(['first', 'last']);
    });

    it('commits none of them when one fails, and says which', async () => {
      const failed = pipelined.transaction((tx) => Promise.all([add(tx, 1, 'one'), add(tx, 1, 'again'), add(tx, 2, 'behind')]));

      await expect(failed).rejects.toMatchObject({ code: '23505' });
      await expect(names()).resolves.toEqual([]);
      await expect(pipelined.transaction((tx) => add(tx, 3, 'later'))).resolves.toBe(1);
    });

    it('lets nothing happen outside of the transaction that goes on after another part of it failed', async () => {
      let stray: Promise<unknown> = Promise.resolve();
      const failed = pipelined.transaction((tx) => {
        stray = tx.query('select pg_sleep(0.05)').then(() => add(tx, 1, 'stray'));
        return Promise.all([stray, Promise.reject(new Error('another part failed'))]);
      });

      await expect(failed).rejects.toThrow('another part failed');
      await expect(stray).rejects.toThrow('the transaction has ended');
      await expect(names()).resolves.toEqual([]);
    });

    it('survives the loss of the connection with several on their way', async () => {
      const lost = pipelined.transaction(async (tx) => {
        const [me] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
        const waiting = Promise.all([tx.query('select pg_sleep(5)'), add(tx, 1, 'never'), add(tx, 2, 'never')]);
        await sut.execute('select pg_terminate_backend($1)', [me?.pid]);
        await waiting;
      });

      await expect(lost).rejects.toThrow();
      await expect(names()).resolves.toEqual([]);
      await expect(pipelined.query('select 1 as one')).resolves.toEqual([{ one: 1 }]);
    });
  });

  describe('Inbox', () => {
    it('knows an event again, for each consumer apart', async () => {
      await expect(Inbox.fresh(sut, 'one', ['e1', 'e2', 'e2'])).resolves.toEqual(new Set(['e1', 'e2']));
      await expect(Inbox.fresh(sut, 'one', ['e2', 'e3'])).resolves.toEqual(new Set(['e3']));
      await expect(Inbox.fresh(sut, 'two', ['e1'])).resolves.toEqual(new Set(['e1']));
    });

    it('forgets an event whose effect was rolled back', async () => {
      const rolledBack = sut.transaction(async (tx) => {
        await Inbox.fresh(tx, 'one', ['e9']);
        throw new Error('the effect failed');
      });

      await expect(rolledBack).rejects.toThrow('the effect failed');
      await expect(Inbox.fresh(sut, 'one', ['e9'])).resolves.toEqual(new Set(['e9']));
    });

    it('lets two transactions take the same events in any order: each event once, no deadlock', async () => {
      const ids = Array.from({ length: 200 }, (_, i) => `c${i}`);

      const taken = await Promise.all([ids, ids.toReversed()].map((order) => sut.transaction((tx) => Inbox.fresh(tx, 'racing', order))));

      expect(taken.map((set) => set.size).reduce((a, b) => a + b)).toBe(200);
    });

    it('forgets what nothing asks for any more', async () => {
      await Inbox.fresh(sut, 'old', ['o1', 'o2', 'o3']);
      await sut.execute(`update inbox set seen_at = seen_at - interval '16 days' where consumer = 'old' and event_id <> 'o3'`);

      await expect(Inbox.forget(sut, 15, 1)).resolves.toBe(1);
      await expect(Inbox.forget(sut, 15, 10)).resolves.toBe(1);
      await expect(Inbox.fresh(sut, 'old', ['o3'])).resolves.toEqual(new Set());
    });
  });
});
