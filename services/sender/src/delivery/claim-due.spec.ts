import { describe, expect, it, jest } from '@jest/globals';
import { manualClock } from '@daybreak/kernel';
import { sendWindowFor } from '@daybreak/timing';
import type { MediaIds } from '../media/media-ids.js';
import type { KnownRun } from '../shard/known-shard.js';
import { ShardLease } from '../shard/shard-lease.js';
import { StartedRecipients } from '../shard/started-recipients.js';
import type { KnownStates } from '../states/known-states.js';
import type { ClaimRepository } from '../store/claim.repository.js';
import { ClaimDue } from './claim-due.js';
import type { Claim } from './claim.js';
import type { ContentCache } from './content-cache.js';

const window = sendWindowFor({ runDate: '2026-11-22' });
const AHEAD_MS = 200;

function setup(nowMs: number) {
  const runs = ['main-20261122-0600', 'main-20261122-0600c1'].map((runId) => ({ runId, runDate: '2026-11-22', window }) as KnownRun);
  const claimDue = jest.fn<ClaimRepository['claimDue']>(() => Promise.resolve([]));
  const nextDueAfter = jest.fn<ClaimRepository['nextDueAfter']>(() => Promise.resolve(Number.POSITIVE_INFINITY));
  const countOverdue = jest.fn<ClaimRepository['countOverdue']>(() => Promise.resolve({ due: 5, claimable: 3 }));
  const contents = { load: jest.fn<ContentCache['load']>(() => Promise.resolve()), get: () => undefined, standbysOf: () => undefined };
  const states = {
    runs,
    shard: () => ({ shardId: 'shard-1', phoneNumberId: 'p', dailyCap: 100, hourlyCap: 0 }),
    closedToClaims: (_shardId: string, _runId: string, _critical: boolean): string | undefined => undefined,
    breakers: { closedTemplates: () => [] },
  };
  const sut = new ClaimDue(
    { claimDue, nextDueAfter, countOverdue } as unknown as ClaimRepository,
    contents as unknown as ContentCache,
    { load: () => Promise.resolve() } as unknown as MediaIds,
    states as unknown as KnownStates,
    manualClock(nowMs),
    { LATE_POLICY: 'none' },
  );
  Object.assign(sut, { logger: { warn: () => undefined } });
  const started = new StartedRecipients(new Map());
  const look = () => sut.next(new ShardLease('shard-1', 1, 'pod', performance.now()), 10, started);
  return { sut, look, claimDue, nextDueAfter, countOverdue, states, contents, started };
}

const aClaim = (deliveryId: string): Claim => ({ deliveryId, contentId: 'content', attempt: 1, spared: 0 }) as Claim;

describe(ClaimDue.name, () => {
  it('looks again when claims may begin, although its wake-up came before', async () => {
    const { look, claimDue } = setup(window.opensAt - 300);

    expect(await look()).toEqual({ claims: [], lookAgainAtMs: window.opensAt - AHEAD_MS });
    expect(claimDue).not.toHaveBeenCalled();
  });

  it('does not look again by itself when the window is over', async () => {
    const { look } = setup(window.closesAt);

    expect(await look()).toEqual({ claims: [], lookAgainAtMs: Number.POSITIVE_INFINITY });
  });

  const NOW_MS = window.opensAt + 1_000;

  it('keeps what it claimed when what it needs for sending cannot be read', async () => {
    const { look, claimDue, contents, started } = setup(NOW_MS);
    claimDue.mockResolvedValueOnce([aClaim('d-1')]);
    contents.load.mockRejectedValue(new Error('the database is away'));

    expect((await look()).claims).toHaveLength(1);
    expect(started.today(NOW_MS)).toBe(1);
  });

  it.each(['claimDue', 'nextDueAfter'] as const)(
    'keeps what it claimed when a later question (%s) fails, and looks again soon',
    async (question) => {
      const { look, ...questions } = setup(NOW_MS);
      questions.claimDue.mockResolvedValueOnce([aClaim('d-1')]);
      questions[question].mockRejectedValueOnce(new Error('the database is away'));

      const { claims, lookAgainAtMs } = await look();

      expect(claims).toHaveLength(1);
      expect(lookAgainAtMs).toBe(NOW_MS + AHEAD_MS);
    },
  );

  it('says so when nothing could be claimed at all', async () => {
    const { look, claimDue } = setup(NOW_MS);
    claimDue.mockRejectedValueOnce(new Error('the database is away'));

    await expect(look()).rejects.toThrow('the database is away');
  });

  it('calls overdue what could be claimed, by the rules of claiming', async () => {
    const { sut, states, countOverdue, started } = setup(NOW_MS);
    started.claimed(
      Array.from({ length: 100 }, (_, i) => ({ ...aClaim(`d-${i}`) })),
      NOW_MS,
    );
    states.closedToClaims = (_, runId, critical) => (runId.endsWith('c1') ? 'paused' : critical ? undefined : 'only what is critical');

    expect(await sut.overdue('shard-1', started)).toEqual({ due: 10, claimable: 3 });
    expect(countOverdue.mock.calls[0]?.[3]).toEqual({ onlyStarted: true, onlyCritical: true, exceptTemplates: [] });
  });
});
