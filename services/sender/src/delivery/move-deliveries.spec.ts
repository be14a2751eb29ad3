import { describe, expect, it } from '@jest/globals';
import { manualClock } from '@daybreak/kernel';
import { ShardLease } from '../shard/shard-lease.js';
import { MoveDeliveries } from './move-deliveries.js';

const CLOSES_MS = 300_000;
const aRun = (runId: string, closesAt = CLOSES_MS) => ({
  runId,
  runDate: '2026-11-22',
  window: { closesAt, contains: (atMs: number) => atMs < closesAt },
});

/** Two numbers, `shard-1` in trouble or not; what is asked to be moved is written down, by run. */
function setup(waiting: Readonly<Record<string, number>>, isHalted: boolean, runs = Object.keys(waiting).map((runId) => aRun(runId))) {
  const clock = manualClock(0);
  const asked: [string, number][] = [];
  const shards = ['shard-1', 'shard-2'].map((shardId) => ({
    shardId,
    role: 'primary',
    mode: 'active',
    allowedRate: 10,
    throughputMps: 80,
    dailyCap: 0,
    hourlyCap: 0,
  }));
  const moves = {
    waiting: ({ runId }: { runId: string }) => Promise.resolve(new Map([['shard-1', waiting[runId] ?? 0]])),
    lockMovable: (_: unknown, { runId }: { runId: string }, __: unknown, limit: number) => (
      asked.push([runId, limit]),
      Promise.resolve([])
    ),
    move: () => Promise.resolve(),
  };
  const states = {
    runs,
    shards,
    shard: (shardId: string) => shards.find((shard) => shard.shardId === shardId),
    outOfActionUntil: () => (isHalted ? Number.POSITIVE_INFINITY : undefined),
    closedToClaims: (shardId: string) => (isHalted && shardId === 'shard-1' ? 'halted' : undefined),
    faultOf: () => undefined,
    control: () => undefined,
    inboundPerSecond: () => 0,
  };
  const parts = [{ transaction: (work: (tx: unknown) => unknown) => work({}) }, moves, {}, { moved: () => Promise.resolve() }, {}, states];
  const sut = new MoveDeliveries(...(parts as unknown as ConstructorParameters<typeof MoveDeliveries>));
  Object.assign(sut, { clock, logger: { warn: () => undefined } });
  const number = { allowedRate: 10, capLeft: () => Promise.resolve(Number.POSITIVE_INFINITY) };
  const consider = () => sut.consider(new ShardLease('shard-1', 1, 'pod', performance.now()), number);
  return { consider, clock, asked };
}

describe(MoveDeliveries.name, () => {
  it('hands over the deliveries of every open run of a number that is out of action', async () => {
    const { consider, asked } = setup({ main: 30, mainc1: 4 }, true);

    await consider();

    expect(asked).toEqual([
      ['main', 30],
      ['mainc1', 4],
    ]);
  });

  it('gives away of the later run what the number cannot send besides the earlier one', async () => {
    // 10 a second for 295 s, less the 10 s that it is patient.
    const { consider, clock, asked } = setup({ main: 2_000, mainc1: 2_000 }, false);

    await consider();
    clock.advance(10_000);
    await consider();

    expect(asked).toEqual([['mainc1', 2_000 + 2_000 - 2_850]]);
  });
});
