import { describe, expect, it } from '@jest/globals';
import { manualClock } from '@daybreak/kernel';
import type { KnownStates } from '../states/known-states.js';
import type { KnownShard } from './known-shard.js';
import { ShardRate } from './shard-rate.js';

const MINUTE_MS = 60_000;

function aRate(mode: KnownShard['mode']) {
  const clock = manualClock(0);
  const shard = {
    shardId: 'shard-1',
    mode,
    role: mode === 'standby' ? 'standby' : 'primary',
    allowedRate: 80,
    throughputMps: 80,
  } as KnownShard;
  let now: KnownShard = shard;
  let inbound = 0;
  const states = { shard: () => now, control: () => undefined, inboundPerSecond: () => inbound } as unknown as KnownStates;
  const sut = new ShardRate('shard-1', { states, clock });
  sut.tune();
  return {
    sut,
    clock,
    becomes: (next: KnownShard['mode']): void => {
      now = { ...shard, mode: next };
      sut.tune();
    },
    writes: (perSecond: number): number => {
      inbound = perSecond;
      sut.tune();
      return sut.allowed;
    },
    after: (ms: number): number => {
      clock.advance(ms);
      sut.tune();
      return sut.allowed;
    },
  };
}

describe(ShardRate.name, () => {
  it.each(['standby', 'warming'] as const)('lets a %s number begin at a quarter, and reach its rate within a minute', (mode) => {
    const { sut, after } = aRate(mode);
    sut.begin();

    expect([sut.allowed, after(MINUTE_MS / 2), after(MINUTE_MS / 2)]).toEqual([19, 47.5, 76]);
    sut.take(MINUTE_MS);
    sut.begin();
    expect(sut.allowed).toBe(76); // it has not idled since
  });

  it('begins slowly again the next morning', () => {
    const { sut, clock, after } = aRate('warming');
    sut.begin();
    after(MINUTE_MS);
    sut.take(clock.nowMs());

    after(24 * 60 * MINUTE_MS);
    sut.begin();

    expect(sut.allowed).toBe(19);
  });

  it('lets an active number begin at once, and come back slowly after it was stopped', () => {
    const { sut, becomes, after } = aRate('active');
    sut.begin();
    expect(sut.allowed).toBe(76);

    becomes('halted');
    becomes('active');

    expect([sut.allowed, after(MINUTE_MS)]).toEqual([19, 76]);
  });

  it('halves at Meta’s “too fast”, and recovers within ten seconds', () => {
    const { sut, after } = aRate('active');
    sut.tooFast();

    expect([sut.allowed, after(5_000), after(5_000)]).toEqual([38, 57, 76]);
  });

  it('leaves room for what people write to the number, for as long as they do', () => {
    const { writes } = aRate('active');

    expect([writes(0), writes(16), writes(0)]).toEqual([76, 60, 76]);
  });
});
