import { describe, expect, it } from '@jest/globals';
import { NOTHING_KNOWN, observe } from './delivery-record.js';
import { standingOf, type DeliveryStanding } from './delivery-standing.js';
import type { Observation } from './observation.js';

const planned: Observation = {
  kind: 'planned',
  recipientId: 'adv-1',
  shardId: 'shard-1',
  language: 'en',
  contentPackId: 'p',
  fallback: false,
  dueAt: 100,
};
const attempted = (over: Partial<Extract<Observation, { kind: 'attempted' }>> = {}): Observation => ({
  kind: 'attempted',
  attempt: 1,
  epoch: 1,
  outcome: 'accepted',
  shardId: 'shard-1',
  phoneNumberId: 'n-1',
  startedAt: 100,
  finishedAt: 300,
  wamidHash: 'h-1',
  ...over,
});
const rejected = (errorCode: number, over = {}): Observation =>
  attempted({ outcome: 'rejected', wamidHash: undefined, errorCode, ...over });
const status = (word: 'sent' | 'delivered' | 'read' | 'failed', occurredAt: number, over = {}): Observation => ({
  kind: 'status',
  attempt: 1,
  epoch: 1,
  status: word,
  occurredAt,
  wamidHash: 'h-1',
  phoneNumberId: 'n-1',
  ...over,
});
const settled = (outcome: 'accepted' | 'failed' | 'suppressed' | 'expired', over = {}): Observation => ({
  kind: 'settled',
  outcome,
  settledAt: 500,
  ...over,
});
const standing = (...observations: Observation[]): DeliveryStanding => ({
  ...{ reason: undefined, blame: undefined, errorCode: undefined },
  ...standingOf(observations.reduce(observe, NOTHING_KNOWN)),
});

describe(standingOf.name, () => {
  it.each<[string, Observation[], Partial<DeliveryStanding>]>([
    ['only planned', [planned], { state: 'PLANNED', outcome: 'unresolved', publicStatus: 'queued', posts: 0, acceptances: 0 }],
    [
      'accepted',
      [planned, attempted()],
      {
        state: 'ACCEPTED',
        outcome: 'accepted',
        status: 'accepted',
        publicStatus: 'queued',
        acceptedStartedAt: 100,
        posts: 1,
        acceptances: 1,
      },
    ],
    [
      'due and not posted',
      [planned, { kind: 'overdue', dueAt: 100 }],
      { state: 'PLANNED', outcome: 'unresolved', publicStatus: 'throttled' },
    ],
    [
      'due and not posted, and sent after all',
      [planned, { kind: 'overdue', dueAt: 100 }, attempted(), status('sent', 900)],
      { publicStatus: 'sent' },
    ],
    ['held', [planned, attempted({ outcome: 'held' })], { outcome: 'accepted', status: 'held', publicStatus: 'throttled' }],
    [
      'read, the delivered skipped',
      [planned, attempted(), status('sent', 1_000), status('read', 9_000)],
      { status: 'read', sentAt: 1_000, deliveredAt: 9_000, readAt: 9_000, publicStatus: 'read' },
    ],
    ['read without anything before', [status('read', 9_000)], { planned: false, outcome: 'accepted', sentAt: 9_000, deliveredAt: 9_000 }],
    [
      'refused for the rate and to be tried again',
      [planned, rejected(130429)],
      { state: 'QUEUED', outcome: 'unresolved', publicStatus: 'throttled', rateLimited: 1, posts: 1 },
    ],
    [
      'accepted at the second attempt',
      [planned, rejected(130429), attempted({ attempt: 2, startedAt: 5_000 })],
      {
        outcome: 'accepted',
        status: 'accepted',
        posts: 2,
        rateLimited: 1,
        acceptances: 1,
        firstPostAt: 100,
        lastPostAt: 5_000,
        acceptedStartedAt: 5_000,
        errorCode: undefined,
        reason: undefined,
      },
    ],
    [
      'refused for good',
      [planned, rejected(131008), settled('failed', { reason: 'request', errorCode: 131008 })],
      { state: 'FAILED', outcome: 'failed', reason: 'request', blame: 'ours', errorCode: 131008, acceptances: 0 },
    ],
    [
      'given up by Meta',
      [planned, attempted(), settled('accepted'), status('failed', 2_000, { errorCode: 131026 })],
      {
        outcome: 'accepted',
        status: 'failed',
        reason: 'unreachable',
        blame: 'recipient',
        errorCode: 131026,
        publicStatus: 'failed',
        failedAt: 2_000,
      },
    ],
    [
      'delivered although it failed',
      [planned, attempted(), status('failed', 2_000, { errorCode: 131026 }), status('delivered', 3_000)],
      { status: 'delivered', publicStatus: 'delivered', errorCode: undefined },
    ],
    [
      'unknown whether it went',
      [planned, attempted({ outcome: 'ambiguous', wamidHash: undefined, finishedAt: undefined })],
      { state: 'AMBIGUOUS', outcome: 'unresolved', publicStatus: 'throttled', posts: 1, acceptances: 0 },
    ],
    [
      'settled by its webhook',
      [planned, attempted({ outcome: 'ambiguous', wamidHash: undefined }), status('sent', 2_000)],
      { state: 'ACCEPTED', outcome: 'accepted', acceptances: 1, acceptedStartedAt: 100, wamidHash: 'h-1' },
    ],
    [
      'known by its webhook only',
      [planned, status('sent', 2_000)],
      { outcome: 'accepted', posts: 1, acceptances: 1, acceptedStartedAt: 2_000, phoneNumberId: 'n-1' },
    ],
    [
      'accepted as its sender says, the attempt still on the way',
      [planned, settled('accepted', { acceptedStartedAt: 120 })],
      { outcome: 'accepted', acceptances: 1, acceptedStartedAt: 120 },
    ],
    [
      'expired after refusals',
      [planned, rejected(130429), settled('expired', { reason: 'window-closed' })],
      { outcome: 'expired', reason: 'window-closed', blame: undefined, errorCode: 130429, publicStatus: 'failed' },
    ],
    [
      'held back by us after Meta had refused it: the refusal is not why it expired',
      [planned, rejected(132015), settled('expired', { reason: 'window-closed' })],
      { outcome: 'expired', reason: 'window-closed', blame: undefined },
    ],
    [
      'expired for what Meta refused it for',
      [planned, rejected(132015), settled('expired', { reason: 'template-paused' })],
      { outcome: 'expired', reason: 'template-paused', blame: 'platform' },
    ],
    [
      'refused and never heard of again: no end yet, so no reason',
      [planned, rejected(132015)],
      { outcome: 'unresolved', reason: undefined, blame: undefined },
    ],
    [
      'expired, and accepted all the same',
      [planned, settled('expired', { reason: 'window-closed' }), status('sent', 2_000)],
      { outcome: 'accepted', state: 'ACCEPTED', publicStatus: 'sent', reason: undefined },
    ],
    [
      'given up because nobody could tell whether it went',
      [planned, attempted({ outcome: 'ambiguous', wamidHash: undefined }), settled('expired', { reason: 'ambiguous' })],
      { outcome: 'expired', reason: 'ambiguous', blame: 'platform' },
    ],
    [
      'suppressed',
      [planned, settled('suppressed', { reason: 'consent' })],
      { outcome: 'suppressed', reason: 'consent', blame: undefined, publicStatus: 'failed' },
    ],
    ['withheld for their no, at its instant', [planned, settled('suppressed', { reason: 'consent' })], { withheldAt: 500, settledAt: 500 }],
    ['withheld for their erasure', [planned, settled('suppressed', { reason: 'erased' })], { withheldAt: 500 }],
    [
      'withheld, and sent all the same',
      [planned, settled('suppressed', { reason: 'erased' }), status('sent', 900)],
      { withheldAt: undefined },
    ],
    ['known by its webhook: a POST came before it', [planned, status('sent', 900)], { firstPostAt: 900 }],
    ['never left us', [planned, attempted({ outcome: 'not_sent', wamidHash: undefined })], { outcome: 'unresolved', posts: 0 }],
    ['accepted twice', [planned, attempted(), attempted({ attempt: 2, wamidHash: 'h-2' })], { acceptances: 2, posts: 2 }],
    ['accepted twice under two owners', [planned, attempted(), attempted({ epoch: 2, wamidHash: 'h-2' })], { acceptances: 2 }],
    ['moved', [planned, { kind: 'moved', toShardId: 'shard-3', reason: 'halted', movedAt: 150 }], { shardId: 'shard-3' }],
  ])('%s', (_, observations, expected) => {
    expect(standing(...observations)).toMatchObject(expected);
  });
});
