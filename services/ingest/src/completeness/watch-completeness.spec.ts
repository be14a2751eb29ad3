import { describe, expect, it, jest } from '@jest/globals';
import type { Database, Sql } from '@daybreak/database';
import type { Outbox } from '@daybreak/event-bus';
import { manualClock } from '@daybreak/kernel';
import { createLogger } from '@daybreak/observability';
import type { KeepSubscriptions } from '../subscriptions/keep-subscriptions.js';
import { StatusTally } from './status-tally.js';
import { WatchCompleteness } from './watch-completeness.js';

/** The minutes of a store that holds these sums, and whether webhooks are missing according to it. */
function setup(sums: { expected: number; seen: number }) {
  let alarm = false;
  const store = { away: false, written: [] as unknown[] };
  const tally = new StatusTally();
  const tx: Sql = {
    query: <R>() => (store.away ? Promise.reject(new Error('Postgres is away')) : Promise.resolve([{ wabaId: 'waba-1', ...sums }] as R[])),
    execute: (sql, params = []) => {
      if (sql.includes('webhook_minute')) {
        store.written.push(params);
        return Promise.resolve(1);
      }
      const [, missing] = params as [string, boolean];
      const changes = missing !== alarm;
      alarm = missing;
      return Promise.resolve(Number(changes));
    },
    executeWithCommit: () => Promise.resolve(),
  };
  const database = { transaction: <T>(fn: (sql: Sql) => Promise<T>) => fn(tx) } as unknown as Database;
  const add = jest.fn<Outbox['add']>(() => Promise.resolve());
  const one = jest.fn<(wabaId: string) => Promise<void>>(() => Promise.resolve());
  const sut = new WatchCompleteness(
    tally,
    database,
    { add } as unknown as Outbox,
    { one } as unknown as KeepSubscriptions,
    manualClock(0),
    createLogger('ingest', { level: 'fatal', format: 'json' }),
  );
  return { sut, sums, add, one, store, tally };
}

describe(WatchCompleteness.name, () => {
  it('has the subscriptions looked at when first statuses begin to miss, once, and not when they come again', async () => {
    const { sut, sums, add, one } = setup({ expected: 40, seen: 0 });

    await sut.round();
    await sut.round();
    expect([add.mock.calls.length, one.mock.calls.length]).toEqual([1, 1]);

    sums.seen = 40;
    await sut.round();
    expect([add.mock.calls.length, one.mock.calls.length]).toEqual([2, 1]);
  });

  it.each([
    ['all of them came', { expected: 40, seen: 40 }],
    ['there are too few messages to tell', { expected: 19, seen: 0 }],
  ])('keeps quiet when %s', async (_, sums) => {
    const { sut, add, one } = setup(sums);

    await sut.round();

    expect([add.mock.calls.length, one.mock.calls.length]).toEqual([0, 0]);
  });

  it('keeps what it counted for later when it cannot be written', async () => {
    const { sut, store, tally } = setup({ expected: 0, seen: 0 });
    tally.expect('waba-1', 61_000);
    store.away = true;
    await expect(sut.round()).rejects.toThrow('away');

    store.away = false;
    store.written.length = 0;
    await sut.round();

    expect(store.written).toEqual([[['waba-1'], [new Date(60_000)], [1], [0]]]);
  });
});

describe(StatusTally.name, () => {
  it('counts each message once, by WABA and minute', () => {
    const sut = new StatusTally();
    sut.saw('waba-1', 'd.run.1', 61_000);
    sut.saw('waba-1', 'd.run.1', 62_000); // repeated, or failed after it was sent
    sut.saw('waba-1', 'd.run.2', 121_000);
    sut.saw('waba-2', 'd.run.3', 62_000);

    expect(sut.take()).toEqual([
      { wabaId: 'waba-1', minuteMs: 60_000, expected: 0, seen: 1 },
      { wabaId: 'waba-1', minuteMs: 120_000, expected: 0, seen: 1 },
      { wabaId: 'waba-2', minuteMs: 60_000, expected: 0, seen: 1 },
    ]);
  });
});
