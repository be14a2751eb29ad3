import { sendWindowFor } from '@daybreak/timing';
import type { Run } from '../src/run/run.js';
import type { TallyGroup } from '../src/run/tally.js';

/** The run of a morning with 850 advisors. For specs; say only what the test is about. */
export const aRun = (over: Partial<Run> = {}): Run => ({
  runId: 'main-20261122-0600',
  tenantId: 'main',
  runDate: '2026-11-22',
  version: 4,
  state: 'RUNNING',
  window: sendWindowFor({ runDate: '2026-11-22' }),
  timeZone: 'Asia/Kolkata',
  objective: 0.99,
  slaStage: 'sent',
  eligible: 850,
  planned: 850,
  fallback: 3,
  exclusions: [{ reason: 'no-consent', recipients: 12 }],
  changedAt: Date.parse('2026-11-22T05:59:30+05:30'),
  ...over,
});

/** One delivery, accepted and sent on time. */
export const aGroup = (over: Partial<TallyGroup> = {}): TallyGroup => ({
  outcome: 'accepted',
  state: 'ACCEPTED',
  status: 'sent',
  excluded: false,
  withdrawn: false,
  shardId: 'shard-1',
  phoneNumberId: '400000000000001',
  startedInWindow: true,
  startedLate: false,
  startedLongAgo: true,
  sent: true,
  delivered: false,
  read: false,
  sentOnTime: true,
  deliveredOnTime: false,
  posted: true,
  deliveries: 1,
  posts: over.deliveries ?? 1,
  rateLimited: 0,
  duplicates: 0,
  ...over,
});
