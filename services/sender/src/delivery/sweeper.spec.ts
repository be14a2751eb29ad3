import { describe, expect, it } from '@jest/globals';
import { manualClock } from '@daybreak/kernel';
import { metrics } from '@daybreak/observability';
import { sendWindowFor } from '@daybreak/timing';
import { ShardLease } from '../shard/shard-lease.js';
import type { LedgerChange } from './delivery-ledger.js';
import type { DeliveryRecord } from './delivery-record.js';
import { Sweeper } from './sweeper.js';

const window = sendWindowFor({ runDate: '2026-11-22' });
const NOW_MS = window.opensAt + 60_000;

const ambiguous = (attempt: number): DeliveryRecord =>
  ({ deliveryId: `d-${attempt}`, state: 'AMBIGUOUS', attempt, spared: 0, resolveAtMs: NOW_MS, dueAtMs: 0 }) as DeliveryRecord;

const countOf = async (counter: { get(): Promise<{ values: { value: number }[] }> }): Promise<number> =>
  (await counter.get()).values.reduce((sum, { value }) => sum + value, 0);

describe(Sweeper.name, () => {
  it('tells apart what the policy sends again and what it gives up', async () => {
    const ledger = {
      change: ({ rows, decide }: LedgerChange) => {
        const records = 'unsettled' in rows && rows.unsettled.kind === 'unresolved' ? [1, 2, 3].map(ambiguous) : [];
        return Promise.resolve(
          records.flatMap((before) => {
            const decision = decide(before);
            return decision ? { before, next: decision.next } : [];
          }),
        );
      },
    };
    const states = { shard: () => ({ shardId: 'shard-1' }), runs: [{ runId: 'run', runDate: '2026-11-22', window }] };
    const config = {
      AMBIGUOUS_POLICY: 'resend',
      LATE_POLICY: 'none',
      MAX_ATTEMPTS: 3,
      RESOLVE_AFTER_SECONDS: 45,
      CLOUD_API_TIMEOUT_MS: 10_000,
    };
    const parts = [ledger, states, { completeUntil: () => NOW_MS }, config];
    const sut = new Sweeper(...(parts as unknown as ConstructorParameters<typeof Sweeper>));
    Object.assign(sut, { clock: manualClock(NOW_MS), logger: { warn: () => undefined } });
    const [decided, resent] = [await countOf(metrics.ambiguousResolved), await countOf(metrics.ambiguousResent)];

    await sut.sweep(new ShardLease('shard-1', 1, 'pod', performance.now()), () => false);

    expect((await countOf(metrics.ambiguousResolved)) - decided).toBe(3);
    expect((await countOf(metrics.ambiguousResent)) - resent).toBe(2);
  });
});
