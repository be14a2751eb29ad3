import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Database } from '@daybreak/database';
import type { Clock } from '@daybreak/kernel';
import type { Logger } from '@daybreak/observability';
import type { RecordSlips } from '../consent/record-slips.js';
import type { Evidence } from '../people/evidence.js';
import { RehearseStops } from './rehearse-stops.js';
import type { SplitWebhooks } from './split-webhook.js';

describe('RehearseStops', () => {
  const warn = jest.fn();
  let transaction: jest.Mock<() => Promise<void>>;
  let rehearse: RehearseStops;

  beforeEach(() => {
    jest.useFakeTimers();
    warn.mockClear();
    transaction = jest.fn<() => Promise<void>>().mockResolvedValue();
    rehearse = new RehearseStops(
      { transaction } as unknown as Database,
      { split: () => ({ slips: [], inbound: [], records: [] }) } as unknown as SplitWebhooks,
      {} as RecordSlips,
      {} as Evidence,
      { nowMs: () => 0 } as Clock,
      { warn } as unknown as Logger,
    );
  });
  afterEach(() => void jest.useRealTimers());

  /** A transaction that takes so long. */
  const slow = (ms: number): void => void transaction.mockImplementation(() => new Promise((resolve) => setTimeout(resolve, ms)));

  it('lets a start wait for two seconds, and makes up for what is left, round by round', async () => {
    slow(1_500);
    const begun = rehearse.begin();
    await jest.advanceTimersByTimeAsync(3_000);
    await begun;
    expect(transaction).toHaveBeenCalledTimes(2);
    slow(0);
    for (let second = 0; second < 30; second += 1) await Promise.all([rehearse.round(), jest.advanceTimersByTimeAsync(1_000)]);
    expect(transaction).toHaveBeenCalledTimes(10);
  });

  it('lets a service start without Postgres, and begins when that is there', async () => {
    transaction.mockRejectedValueOnce(new Error('no connection'));
    await rehearse.begin();
    expect(warn).toHaveBeenCalledTimes(1);
    expect(transaction).toHaveBeenCalledTimes(1);
    for (let second = 0; second < 30; second += 1) await rehearse.round();
    expect(transaction).toHaveBeenCalledTimes(11);
  });
});
