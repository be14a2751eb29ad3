import { describe, expect, it, jest } from '@jest/globals';
import type { CloudApiClient } from '@daybreak/cloud-api';
import { manualClock } from '@daybreak/kernel';
import { createLogger } from '@daybreak/observability';
import type { KnownStates } from '../states/known-states.js';
import { WarmConnections, type Sending } from './warm-connections.js';

const OPENS_MS = 100_000;

function setup(nowMs: number) {
  const clock = manualClock(nowMs);
  const warm = jest.fn<CloudApiClient['warm']>((connections) => Promise.resolve(connections));
  const states = { runs: [{ runId: 'run', window: { opensAt: OPENS_MS, closesAt: OPENS_MS + 300_000 } }] } as unknown as KnownStates;
  const logger = createLogger('test', { level: 'fatal', format: 'json' });
  const sut = new WarmConnections({ warm } as unknown as CloudApiClient, states, clock, { SHARD_IN_FLIGHT: 512 }, logger);
  return { sut, clock, asked: () => warm.mock.calls.map(([connections]) => connections) };
}

const owning = (shardId: string, allowedRate = 80, epoch = 1): Sending => ({ shardId, allowedRate, lease: { epoch } });

describe(WarmConnections.name, () => {
  it('opens what all shards of the pod need, once, a few seconds before the window', () => {
    const { sut, clock, asked } = setup(OPENS_MS - 5_001);
    const owned = [owning('shard-1'), owning('shard-2', 1_000)];
    sut.consider(owned);
    expect(asked()).toEqual([]);

    clock.advance(1);
    sut.consider(owned);
    sut.consider(owned);

    expect(asked()).toEqual([32 + 400]);
  });

  it('opens them at once for a shard that is taken over in mid-window, and for no other', () => {
    const { sut, asked } = setup(OPENS_MS + 60_000);
    sut.consider([owning('shard-1')]);
    sut.consider([owning('shard-1'), owning('shard-2', 20)]);
    sut.consider([owning('shard-1', 80, 2), owning('shard-2', 20)]);

    expect(asked()).toEqual([32, 8, 32]);
  });

  it('opens nothing between mornings', () => {
    const { sut, asked } = setup(OPENS_MS + 300_000);
    sut.consider([owning('shard-1')]);

    expect(asked()).toEqual([]);
  });
});
