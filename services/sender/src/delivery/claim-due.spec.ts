import { describe, expect, it, jest } from '@jest/globals';
import { manualClock } from '@daybreak/kernel';
import { sendWindowFor } from '@daybreak/timing';
import type { MediaIds } from '../media/media-ids.js';
import type { KnownRun } from '../shard/known-shard.js';
import { ShardLease } from '../shard/shard-lease.js';
import type { StartedRecipients } from '../shard/started-recipients.js';
import type { KnownStates } from '../states/known-states.js';
import type { ClaimRepository } from '../store/claim.repository.js';
import { ClaimDue } from './claim-due.js';
import type { ContentCache } from './content-cache.js';

const window = sendWindowFor({ runDate: '2026-11-22' });
const AHEAD_MS = 200;

function setup(nowMs: number) {
  const run = { runId: 'main-20261122-0600', runDate: '2026-11-22', window } as KnownRun;
  const claimDue = jest.fn<ClaimRepository['claimDue']>();
  const sut = new ClaimDue(
    { claimDue } as unknown as ClaimRepository,
    {} as ContentCache,
    {} as MediaIds,
    { runs: [run] } as unknown as KnownStates,
    manualClock(nowMs),
    { LATE_POLICY: 'none' },
  );
  const look = () => sut.next(new ShardLease('shard-1', 1, 'pod', performance.now()), 10, {} as StartedRecipients);
  return { look, claimDue };
}

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
});
