import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from '@jest/globals';
import { NOTHING_KNOWN, observe } from '../delivery/delivery-record.js';
import { standingOf } from '../delivery/delivery-standing.js';
import type { Observation } from '../delivery/observation.js';
import { statusChangedOf } from './status-changed.publisher.js';

const HEARD_MS = 9_000;
const post = { attempt: 1, epoch: 1, shardId: 's', phoneNumberId: 'n', startedAt: 100 } as const;
const told = (...observations: Observation[]) =>
  statusChangedOf(
    { deliveryId: 'd', runId: 'r', recipientId: 'adv-1', standing: standingOf(observations.reduce(observe, NOTHING_KNOWN)) },
    HEARD_MS,
  );

describe(statusChangedOf.name, () => {
  it.each<[string, Observation[], number]>([
    ['given up by Meta: at its stamp', [{ kind: 'status', ...post, status: 'failed', occurredAt: 3_000 }], 3_000],
    ['refused: when the sender ended it', [{ kind: 'settled', outcome: 'failed', reason: 'request', settledAt: 500 }], 500],
    ['suppressed: when the sender withheld it', [{ kind: 'settled', outcome: 'suppressed', reason: 'consent', settledAt: 600 }], 600],
    ['expired: when the sender ended it', [{ kind: 'settled', outcome: 'expired', reason: 'window-closed', settledAt: 700 }], 700],
    ['sent: at Meta’s stamp', [{ kind: 'status', ...post, status: 'sent', occurredAt: 2_000 }], 2_000],
    ['put off: when we heard of it', [{ kind: 'attempted', ...post, outcome: 'rejected', errorCode: 130429 }], HEARD_MS],
  ])('says since when it is %s', (_, observations, atMs) => {
    expect(told(...observations).at).toEqual(timestampFromMs(atMs));
  });
});
