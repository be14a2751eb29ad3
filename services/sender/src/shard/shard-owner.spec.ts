import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { HealthRegistry, type Logger } from '@daybreak/observability';
import type { KnownStates } from '../states/known-states.js';
import type { LeaseRepository } from '../store/lease.repository.js';
import type { OpenShard } from './open-shard.js';
import type { OwnedShard } from './owned-shard.js';
import type { ShardLease } from './shard-lease.js';
import { ShardOwner } from './shard-owner.js';

/** Two numbers and one pod; the first is asked for by its own pod, and takes as long to drain as the test says. */
function setup() {
  const renewed: (readonly string[])[] = [];
  const released: string[] = [];
  let wanted = false;
  const free = ['shard-1', 'shard-2'];
  let drained: () => void = () => undefined;
  const draining = new Promise<void>((resolve) => (drained = resolve));
  const leases = {
    know: () => Promise.resolve(),
    ask: () => Promise.resolve(),
    take: () => {
      const shardId = free.shift();
      return Promise.resolve(shardId === undefined ? undefined : { shardId, epoch: 1 });
    },
    renew: (_: string, held: readonly ShardLease[]) => {
      renewed.push(held.map(({ shardId }) => shardId));
      return Promise.resolve(
        held.map(({ shardId, epoch }) => ({ shardId, epoch, wantedBy: wanted && shardId === 'shard-1' ? 'its pod' : '' })),
      );
    },
    release: (_: string, lease: ShardLease) => Promise.resolve(void released.push(lease.shardId)),
  };
  const open = (lease: ShardLease): OwnedShard =>
    ({
      lease,
      shardId: lease.shardId,
      allowedRate: 76,
      start: () => undefined,
      isStuck: () => false,
      stop: () => (lease.shardId === 'shard-1' ? draining : Promise.resolve()),
    }) as unknown as OwnedShard;
  const states = { shards: [{ shardId: 'shard-1' }, { shardId: 'shard-2' }] } as unknown as KnownStates;
  const logger = { info: () => undefined, warn: () => undefined, error: () => undefined } as unknown as Logger;
  const sut = new ShardOwner(
    leases as unknown as LeaseRepository,
    states,
    { open } as unknown as OpenShard,
    { owner: 'pod', ordinal: 1 },
    logger,
    new HealthRegistry(),
  );
  Object.assign(sut, { connections: { consider: () => undefined } });
  return { sut, renewed, released, drained, want: () => void (wanted = true) };
}

describe(ShardOwner.name, () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('goes on renewing every lease while a shard that is handed back still drains', async () => {
    const { sut, renewed, released, drained, want } = setup();
    sut.start();
    await jest.advanceTimersByTimeAsync(100);
    expect(sut.ownedShardIds).toEqual(['shard-1', 'shard-2']);

    want();
    await jest.advanceTimersByTimeAsync(4_000);
    const before = renewed.length;
    await jest.advanceTimersByTimeAsync(11_000);

    expect(released).toEqual([]);
    expect(renewed.slice(before).length).toBeGreaterThanOrEqual(3);
    expect(renewed.at(-1)).toEqual(['shard-1', 'shard-2']);

    drained();
    await jest.advanceTimersByTimeAsync(100);
    expect(released).toEqual(['shard-1']);
    expect(sut.ownedShardIds).toEqual(['shard-2']);
    await sut.stop();
    expect(released).toEqual(['shard-1', 'shard-2']);
  });
});
