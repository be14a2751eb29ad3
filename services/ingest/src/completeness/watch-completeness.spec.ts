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
  const tx: Sql = {
    query: <R>() => Promise.resolve([sums] as R[]),
    execute: (_sql, params) => {
      const [missing] = params as [boolean];
      const changes = missing !== alarm;
      alarm = missing;
      return Promise.resolve(Number(changes));
    },
  };
  const database = { transaction: <T>(fn: (sql: Sql) => Promise<T>) => fn(tx) } as unknown as Database;
  const add = jest.fn<Outbox['add']>(() => Promise.resolve());
  const all = jest.fn<KeepSubscriptions['all']>(() => Promise.resolve([]));
  const sut = new WatchCompleteness(
    new StatusTally(),
    database,
    { add } as unknown as Outbox,
    { all } as unknown as KeepSubscriptions,
    manualClock(0),
    createLogger('ingest', { level: 'fatal', format: 'json' }),
  );
  return { sut, sums, add, all };
}

describe(WatchCompleteness.name, () => {
  it('has the subscriptions looked at when first statuses begin to miss, once, and not when they come again', async () => {
    const { sut, sums, add, all } = setup({ expected: 40, seen: 0 });

    await sut.round();
    await sut.round();
    expect([add.mock.calls.length, all.mock.calls.length]).toEqual([1, 1]);

    sums.seen = 40;
    await sut.round();
    expect([add.mock.calls.length, all.mock.calls.length]).toEqual([2, 1]);
  });

  it.each([
    ['all of them came', { expected: 40, seen: 40 }],
    ['there are too few messages to tell', { expected: 19, seen: 0 }],
  ])('keeps quiet when %s', async (_, sums) => {
    const { sut, add, all } = setup(sums);

    await sut.round();

    expect([add.mock.calls.length, all.mock.calls.length]).toEqual([0, 0]);
  });
});
