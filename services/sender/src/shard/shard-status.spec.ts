import { beforeEach, describe, expect, it } from '@jest/globals';
import { manualClock } from '@daybreak/kernel';
import type { Control } from '../states/control.js';
import type { KnownStates } from '../states/known-states.js';
import type { FiguresRepository, OwnedFigures } from '../store/figures.repository.js';
import type { StagingRepository } from '../store/staging.repository.js';
import type { StatesRepository } from '../store/states.repository.js';
import type { KnownRun, KnownShard } from './known-shard.js';
import { capacityOf, ReadStatus } from './shard-status.js';

const NOW_MS = 60_000;

const aShard = (shardId: string, wabaId: string): KnownShard => ({
  shardId,
  wabaId,
  phoneNumberId: `number of ${shardId}`,
  businessPortfolioId: 'portfolio',
  role: 'primary',
  mode: 'active',
  allowedRate: 76,
  throughputMps: 80,
  dailyCap: 0,
  hourlyCap: 0,
  weight: 1,
  reason: '',
  changedAtMs: 0,
});

describe(ReadStatus.name, () => {
  let owned: OwnedFigures[];
  let control: Control | undefined;
  let counts: Map<string, Record<string, number>>;
  let sut: ReadStatus;

  const measured = (shardId: string, actualRate: number, startedDay: number): OwnedFigures => ({
    shardId,
    owner: 'pod-1',
    epoch: 4,
    figures: { maximumRate: 76, allowedRate: 38, actualRate, inFlight: 3, startedHour: startedDay, startedDay },
    timedBreakers: [],
  });

  beforeEach(() => {
    control = undefined;
    owned = [
      measured('shard-1', 19, 100),
      measured('shard-2', 38, 20),
      { shardId: 'shard-3', owner: null, epoch: 2, figures: null, timedBreakers: [] },
    ];
    counts = new Map([['shard-1', { ACCEPTED: 90, QUEUED: 10 }]]);
    const states = {
      shards: [aShard('shard-1', 'waba-1'), aShard('shard-2', 'waba-1'), aShard('shard-3', 'waba-2')],
      currentRun: () => ({ runId: 'main-20261122-0600' }) as KnownRun,
      control: (shardId: string) => (shardId === 'shard-1' ? control : undefined),
      closedToClaims: () => undefined,
    };
    sut = new ReadStatus(
      { all: () => Promise.resolve(owned) } as unknown as FiguresRepository,
      { countByShard: () => Promise.resolve(counts) } as unknown as StagingRepository,
      { portfolioLimits: () => Promise.resolve(new Map([['portfolio', 2_000]])) } as unknown as StatesRepository,
      states as unknown as KnownStates,
      manualClock(NOW_MS),
    );
  });

  it('tells of everything that ends by itself once, until it has ended', async () => {
    const maintenance = { scope: 'shard', key: 'number of shard-1', fault: 'maintenance', openedAtMs: 0, until: NOW_MS + 1_000 } as const;
    const shared = { scope: 'template', key: 'daily_pack/en', fault: 'platform', openedAtMs: 0, until: NOW_MS + 2_000 } as const;
    owned = [
      { ...measured('shard-1', 19, 100), timedBreakers: [maintenance, shared] },
      {
        ...measured('shard-2', 38, 20),
        timedBreakers: [
          { ...shared, until: NOW_MS + 3_000 },
          { ...maintenance, key: 'ended', until: NOW_MS },
        ],
      },
    ];

    expect((await sut.read()).timedBreakers).toEqual([maintenance, { ...shared, until: NOW_MS + 3_000 }]);
  });

  it('adds up the numbers of an account, and the people of its portfolio', async () => {
    const { wabas } = await sut.read();

    expect(wabas).toEqual([
      {
        wabaId: 'waba-1',
        businessPortfolioId: 'portfolio',
        shardIds: ['shard-1', 'shard-2'],
        capacity: { maximumRate: 152, availableRate: 76, actualRate: 57, utilisation: 0.75 },
        portfolioLimit: 2_000,
        portfolioStartedToday: 120,
      },
      expect.objectContaining({ wabaId: 'waba-2', shardIds: ['shard-3'], portfolioStartedToday: 120 }),
    ]);
  });

  it('takes nothing for measured where nobody holds the number', async () => {
    const { shards } = await sut.read();

    expect(shards[2]).toMatchObject({ owner: null, startedDay: null, capacity: { maximumRate: 76, availableRate: 0, utilisation: 0 } });
  });

  it('calls a number drained when nothing is left in its hands, not before', async () => {
    control = { paused: false, draining: true, maxRate: null, reason: '', actor: 'operator', updatedAtMs: 0 };
    expect((await sut.read()).shards[0]?.drained).toBe(false);

    counts.set('shard-1', { ACCEPTED: 90, AMBIGUOUS: 1 });
    expect((await sut.read()).shards[0]?.drained).toBe(false);

    counts.set('shard-1', { ACCEPTED: 91 });
    expect((await sut.read()).shards[0]?.drained).toBe(true);
  });
});

describe(capacityOf.name, () => {
  it('never uses more than there is, though the rate may have fallen within the second', () => {
    expect(capacityOf([{ maximumRate: 76, allowedRate: 10, actualRate: 20 }]).utilisation).toBe(1);
    expect(capacityOf([])).toEqual({ maximumRate: 0, availableRate: 0, actualRate: 0, utilisation: 0 });
  });
});
