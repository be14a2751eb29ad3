import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { manualClock } from '@daybreak/kernel';
import type { Logger } from '@daybreak/observability';
import { OwnedShard, type OwnedShardParts } from './owned-shard.js';
import { ShardLease } from './shard-lease.js';

const nothing = (): Promise<void> => Promise.resolve();

/** A shard of which only two things matter: what is overdue, and when its runner last picked something up. */
function aShard(overdue: () => Promise<{ due: number; claimable: number }>, lastPickUp: () => number, allowedRate = 76) {
  const wakes: number[] = [];
  const stopRunner = jest.fn(nothing);
  const stopReplies = jest.fn(nothing);
  const runner = {
    get lastPickUp() {
      return lastPickUp();
    },
    wake: (untilMs: number) => void wakes.push(untilMs),
    stop: stopRunner,
    overdue,
    allowedRate,
  };
  const parts = {
    queues: { createWorker: () => ({ close: nothing }) },
    runner,
    replies: { start: () => undefined, stop: stopReplies },
    sweeper: { sweep: nothing },
    reporter: { report: nothing },
    media: { verify: () => Promise.resolve(0), prepare: () => Promise.resolve(0) },
    moves: { consider: nothing },
    states: { shard: () => undefined },
    clock: manualClock(0),
    logger: { info: () => undefined, warn: () => undefined } as unknown as Logger,
  };
  const shard = new OwnedShard(new ShardLease('shard-1', 1, 'pod', performance.now()), parts as unknown as OwnedShardParts);
  return { shard, wakes, stopRunner, stopReplies };
}

describe(OwnedShard.name, () => {
  let sut: OwnedShard;

  beforeEach(() => void jest.useFakeTimers());
  afterEach(async () => {
    await sut.stop();
    jest.useRealTimers();
  });

  const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

  it('is stuck when deliveries are due and may go, and nothing was picked up for 15 s', async () => {
    const { shard, wakes } = aShard(
      () => Promise.resolve({ due: 3, claimable: 3 }),
      () => 0,
    );
    (sut = shard).start();
    await pass(14_000);
    expect(sut.isStuck()).toBe(false);
    expect(wakes.length).toBeGreaterThan(10); // it was told every second

    await pass(3_000);
    expect(sut.isStuck()).toBe(true);
  });

  const due = () => Promise.resolve({ due: 3, claimable: 3 });

  it.each<[string, Parameters<typeof aShard>]>([
    ['its rate is 0', [due, () => 0, 0]],
    ['nothing is due', [() => Promise.resolve({ due: 0, claimable: 0 }), () => 0]],
    ['an operator, a cap or a breaker holds it back', [() => Promise.resolve({ due: 3, claimable: 0 }), () => 0]],
    ['the database is away', [() => Promise.reject(new Error('away')), () => 0]],
    ['it picks up as it should', [due, () => performance.now()]],
  ])('is not stuck when %s', async (_, circumstances) => {
    sut = aShard(...circumstances).shard;
    sut.start();
    await pass(60_000);

    expect(sut.isStuck()).toBe(false);
  });

  it('lets the runner write its results although the replies do not stop in order', async () => {
    const { shard, stopRunner, stopReplies } = aShard(due, () => performance.now());
    stopReplies.mockRejectedValue(new Error('away'));
    (sut = shard).start();
    await pass(0);

    await expect(sut.stop()).rejects.toThrow('in order');

    expect(stopRunner).toHaveBeenCalledTimes(1);
  });
});
