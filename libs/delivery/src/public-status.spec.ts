import { describe, expect, it } from '@jest/globals';
import { DELIVERY_STATES } from './delivery-state.js';
import { ATTEMPT_STATUSES } from './delivery-status.js';
import { PUBLIC_STATUSES, publicStatus, type BothLedgers, type PublicStatus } from './public-status.js';

describe(publicStatus.name, () => {
  it.each<[string, BothLedgers, PublicStatus]>([
    ['planned', { state: 'PLANNED' }, 'queued'],
    ['staged', { state: 'QUEUED' }, 'queued'],
    ['waiting for a slot', { state: 'CLAIMED' }, 'throttled'],
    ['deferred', { state: 'QUEUED', deferred: true }, 'throttled'],
    ['to be tried again after a failure', { state: 'QUEUED', status: 'failed' }, 'throttled'],
    ['unknown whether it went out', { state: 'AMBIGUOUS' }, 'throttled'],
    ['accepted by the API, which is not sent', { state: 'ACCEPTED', status: 'accepted' }, 'queued'],
    ['held by Meta', { state: 'ACCEPTED', status: 'held' }, 'throttled'],
    ['sent, as Meta says', { state: 'ACCEPTED', status: 'sent' }, 'sent'],
    ['sent, while our own answer is lost', { state: 'AMBIGUOUS', status: 'sent' }, 'sent'],
    ['delivered, before we recorded that it was accepted', { state: 'CLAIMED', status: 'delivered' }, 'delivered'],
    ['read', { state: 'ACCEPTED', status: 'read' }, 'read'],
    ['failed by a webhook', { state: 'ACCEPTED', status: 'failed' }, 'failed'],
    ['failed for good', { state: 'FAILED', status: 'failed' }, 'failed'],
    ['failed without any attempt', { state: 'FAILED' }, 'failed'],
    ['suppressed', { state: 'SUPPRESSED' }, 'failed'],
    ['expired', { state: 'EXPIRED' }, 'failed'],
    ['given up and delivered after all', { state: 'EXPIRED', status: 'delivered' }, 'delivered'],
  ])('%s', (_, ledgers, word) => {
    expect(publicStatus(ledgers)).toBe(word);
  });

  it('has one of the six words for whatever the ledgers say', () => {
    for (const state of DELIVERY_STATES) {
      for (const status of [undefined, ...ATTEMPT_STATUSES]) {
        for (const deferred of [true, false]) expect(PUBLIC_STATUSES).toContain(publicStatus({ state, status, deferred }));
      }
    }
  });
});
