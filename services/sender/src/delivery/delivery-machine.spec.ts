import { describe, expect, it } from '@jest/globals';
import { mayBecome } from '@daybreak/delivery';
import fc from 'fast-check';
import { closed, forgotten, isDuplicate, orphaned, proven, resolved, settle } from './delivery-machine.js';
import type { DeliveryRecord, Settlement } from './delivery-record.js';

const aRecord = (over: Partial<DeliveryRecord> = {}): DeliveryRecord => ({
  deliveryId: 'd-1',
  runId: 'main-20261122-0600',
  recipientId: 'adv-1',
  shardId: 'shard-1',
  state: 'CLAIMED',
  attempt: 1,
  spared: 0,
  claimNumber: 1,
  epoch: 5,
  dueAtMs: 1_000,
  claimedAtMs: 1_100,
  resolveAtMs: null,
  observedAttempt: 0,
  acceptedAttempt: 0,
  wamidHash: '',
  errorCode: 0,
  reason: '',
  ...over,
});

const accepted: Settlement = { kind: 'accepted', wamidHash: 'w-1', held: false };
const ambiguous: Settlement = { kind: 'ambiguous', resolveAtMs: 46_000, errorCode: 0 };
const again: Settlement = { kind: 'again', dueAtMs: 3_000, spared: true, errorCode: 130429 };
const notPosted: Settlement = { kind: 'not-posted', dueAtMs: 1_000 };
const failed: Settlement = { kind: 'failed', reason: 'unreachable', errorCode: 131026 };
const of = (settlement: Settlement, attempt = 1, epoch = 5, claimNumber = attempt) => ({ attempt, claimNumber, epoch, settlement });

describe('the delivery machine', () => {
  describe(settle.name, () => {
    it.each<[string, Settlement, Partial<DeliveryRecord>]>([
      ['accepts', accepted, { state: 'ACCEPTED', acceptedAttempt: 1, wamidHash: 'w-1' }],
      ['queues again, and spares the attempt', again, { state: 'QUEUED', dueAtMs: 3_000, attempt: 1, spared: 1, errorCode: 130429 }],
      ['takes back a claim that was never posted', notPosted, { state: 'QUEUED', attempt: 0 }],
      ['waits for a webhook', ambiguous, { state: 'AMBIGUOUS', resolveAtMs: 46_000 }],
      ['fails', failed, { state: 'FAILED', reason: 'unreachable', errorCode: 131026 }],
      ['suppresses', { kind: 'suppressed', reason: 'consent' }, { state: 'SUPPRESSED', reason: 'consent' }],
      ['expires', { kind: 'expired', reason: 'window-closed', errorCode: 0 }, { state: 'EXPIRED', reason: 'window-closed' }],
    ])('%s', (_, settlement, next) => {
      expect(settle(aRecord(), of(settlement))).toMatchObject(next);
    });

    it('ignores what somebody says of a claim that is not theirs', () => {
      for (const settlement of [again, notPosted, ambiguous, failed]) {
        expect(settle(aRecord({ epoch: 6 }), of(settlement))).toBeUndefined();
        expect(settle(aRecord({ claimNumber: 2 }), of(settlement))).toBeUndefined();
        expect(settle(aRecord({ state: 'QUEUED' }), of(settlement))).toBeUndefined();
      }
    });

    it('lets a late response decide what a new owner had declared ambiguous', () => {
      const record = aRecord({ state: 'AMBIGUOUS', resolveAtMs: 46_000 });

      expect([accepted, notPosted, failed].map((settlement) => settle(record, of(settlement))?.state)).toEqual([
        'ACCEPTED',
        'QUEUED',
        'FAILED',
      ]);
    });

    it('takes a late acceptance as proof, also when the delivery was about to be sent again', () => {
      expect(settle(aRecord({ state: 'QUEUED', epoch: 6 }), of(accepted))).toMatchObject({ state: 'ACCEPTED', acceptedAttempt: 1 });
      expect(settle(aRecord({ state: 'EXPIRED', epoch: 6 }), of(accepted))).toMatchObject({ state: 'ACCEPTED', acceptedAttempt: 1 });
    });

    it('believes a webhook that was faster than the silence', () => {
      expect(settle(aRecord({ observedAttempt: 1, wamidHash: 'w-9' }), of(ambiguous))).toMatchObject({
        state: 'ACCEPTED',
        acceptedAttempt: 1,
        wamidHash: 'w-9',
      });
    });
  });

  describe(proven.name, () => {
    it('settles whatever is not settled, and what was given up', () => {
      for (const state of ['QUEUED', 'AMBIGUOUS', 'FAILED', 'SUPPRESSED', 'EXPIRED'] as const) {
        expect(proven(aRecord({ state }), 1, 'w-1')).toMatchObject({ state: 'ACCEPTED', acceptedAttempt: 1, wamidHash: 'w-1' });
      }
    });

    it('leaves a claim to its owner, and a note for the case that the owner dies', () => {
      const noted = proven(aRecord(), 1, 'w-1') as DeliveryRecord;

      expect(noted).toMatchObject({ state: 'CLAIMED', observedAttempt: 1 });
      expect(orphaned(noted, 6, 60_000)).toMatchObject({ state: 'ACCEPTED', acceptedAttempt: 1 });
    });

    it('counts a second accepted POST, once', () => {
      const first = aRecord({ state: 'ACCEPTED', acceptedAttempt: 2, attempt: 2 });
      const second = proven(first, 1, 'w-0') as DeliveryRecord;

      expect(isDuplicate(first, second)).toBe(true);
      expect(proven(second, 1, 'w-0')).toBeUndefined();
    });
  });

  describe(orphaned.name, () => {
    it('calls a dead owner’s claims ambiguous, and leaves its own alone', () => {
      expect(orphaned(aRecord(), 6, 60_000)).toMatchObject({ state: 'AMBIGUOUS', resolveAtMs: 60_000 });
      expect(orphaned(aRecord(), 5, 60_000)).toBeUndefined();
    });
  });

  describe(forgotten.name, () => {
    it('takes back a claim whose answer never arrived', () => {
      expect(forgotten(aRecord(), 5)).toMatchObject({ state: 'QUEUED', attempt: 0 });
      expect(forgotten(aRecord(), 6)).toBeUndefined();
    });
  });

  describe(resolved.name, () => {
    const record = aRecord({ state: 'AMBIGUOUS', resolveAtMs: 46_000 });
    const at = {
      nowMs: 46_000,
      policy: 'resend',
      maxAttempts: 3,
      canSendAgain: true,
      completeUntil: () => 40_000,
      resolveAfterMs: 45_000,
      isOver: false,
    } as const;

    it.each<[string, Partial<DeliveryRecord>, Partial<Parameters<typeof resolved>[1]>, string | undefined]>([
      ['waits for its time', {}, { nowMs: 45_999 }, undefined],
      ['sends again', {}, {}, 'QUEUED'],
      ['gives up where the policy holds', {}, { policy: 'hold' }, 'EXPIRED'],
      ['gives up when no POST fits any more', {}, { canSendAgain: false }, 'EXPIRED'],
      ['does not take silence for an answer while no webhooks come at all', {}, { completeUntil: () => 900 }, undefined],
      ['does not take silence for an answer when webhooks stopped after the claim', {}, { completeUntil: () => 23_499 }, undefined],
      ['takes it when they were seen to flow for half of the wait', {}, { completeUntil: () => 23_500 }, 'QUEUED'],
      ['gives up when the run is over, whatever is known', {}, { completeUntil: () => 900, nowMs: 100, isOver: true }, 'EXPIRED'],
      ['gives up after the last attempt', { attempt: 3 }, {}, 'EXPIRED'],
      ['does not count attempts that Meta refused unseen', { attempt: 3, spared: 1 }, {}, 'QUEUED'],
    ])('%s', (_, over, when, state) => {
      expect(resolved({ ...record, ...over }, { ...at, ...when })?.state).toBe(state);
    });
  });

  describe(closed.name, () => {
    it('expires what waits, for the closed window or for what stood in its way, and nothing else', () => {
      const waiting = aRecord({ state: 'QUEUED' });

      expect(closed(waiting)).toMatchObject({ state: 'EXPIRED', reason: 'window-closed' });
      expect(closed(waiting, 'token')).toMatchObject({ state: 'EXPIRED', reason: 'token' });
      expect(closed(aRecord({ state: 'AMBIGUOUS' }), 'token')).toBeUndefined();
    });
  });

  describe('under any sequence of events', () => {
    type Event = (record: DeliveryRecord) => DeliveryRecord | undefined;
    const attempt = fc.integer({ min: 1, max: 4 });
    const epoch = fc.integer({ min: 4, max: 7 });
    const event: fc.Arbitrary<Event> = fc.oneof(
      fc.tuple(attempt, epoch, fc.constantFrom(accepted, again, notPosted, ambiguous, failed)).map(
        ([a, e, s]): Event =>
          (r) =>
            settle(r, of(s, a, e)),
      ),
      attempt.map(
        (a): Event =>
          (r) =>
            proven(r, a, `w-${a}`),
      ),
      epoch.map(
        (e): Event =>
          (r) =>
            orphaned(r, e, 90_000),
      ),
      epoch.map(
        (e): Event =>
          (r) =>
            forgotten(r, e),
      ),
      fc.integer({ min: 0, max: 200_000 }).map(
        (nowMs): Event =>
          (r) =>
            resolved(r, {
              nowMs,
              policy: 'resend',
              maxAttempts: 3,
              canSendAgain: true,
              completeUntil: () => nowMs,
              resolveAfterMs: 45_000,
              isOver: false,
            }),
      ),
      fc.constant<Event>(closed),
      epoch.map(
        (e): Event =>
          (r) =>
            r.state === 'QUEUED'
              ? { ...r, state: 'CLAIMED', attempt: r.attempt + 1, claimNumber: r.claimNumber + 1, epoch: e, claimedAtMs: 0 }
              : undefined,
      ),
    );

    it('moves only as the ledger allows, and what was accepted stays accepted', () => {
      fc.assert(
        fc.property(fc.array(event, { maxLength: 60, size: 'max' }), (events) => {
          let record = aRecord({ state: 'QUEUED', attempt: 0, claimNumber: 0 });
          for (const happens of events) {
            const next = happens(record);
            if (next === undefined) continue;
            if (next.state !== record.state) expect(mayBecome(record.state, next.state)).toBe(true);
            if (record.acceptedAttempt > 0) expect([next.state, next.acceptedAttempt]).toEqual(['ACCEPTED', record.acceptedAttempt]);
            record = next;
          }
        }),
        { numRuns: 2_000 },
      );
    });

    it('never claims again what a webhook or an answer has proved', () => {
      fc.assert(
        fc.property(fc.array(event, { maxLength: 30 }), attempt, fc.array(event, { maxLength: 30 }), (before, proof, after) => {
          const play = (start: DeliveryRecord, events: readonly Event[]) => events.reduce((r, happens) => happens(r) ?? r, start);
          const known = play(aRecord({ state: 'QUEUED', attempt: 0, claimNumber: 0 }), before);
          const seen = proven(known, proof, 'w') ?? known;

          expect(play(seen, after).state).not.toBe('QUEUED');
        }),
        { numRuns: 2_000 },
      );
    });

    it('takes no result for one of a later claim, although a claim that posted nothing gives its attempt back', () => {
      const result = fc.constantFrom(again, notPosted, failed, ambiguous);
      fc.assert(
        fc.property(fc.array(result, { minLength: 1, maxLength: 8 }), (results) => {
          let record = aRecord();
          const stale: ReturnType<typeof of>[] = [];
          for (const settlement of results) {
            for (const earlier of stale) if (earlier.settlement.kind !== 'accepted') expect(settle(record, earlier)).toBeUndefined();
            const told = of(settlement, record.attempt, record.epoch, record.claimNumber);
            stale.push(told);
            const settled = settle(record, told) ?? record;
            if (settled.state !== 'QUEUED') return;
            record = { ...settled, state: 'CLAIMED', attempt: settled.attempt + 1, claimNumber: settled.claimNumber + 1 };
          }
        }),
      );
    });

    it('is not moved by what comes twice', () => {
      fc.assert(
        fc.property(
          fc.array(event, { maxLength: 30 }),
          attempt,
          epoch,
          fc.constantFrom(accepted, again, notPosted, failed, ambiguous),
          (before, a, e, s) => {
            const record = before.reduce((r, happens) => happens(r) ?? r, aRecord({ state: 'QUEUED', attempt: 0, claimNumber: 0 }));
            const once = settle(record, of(s, a, e));
            const seen = proven(record, a, 'w');

            // An ambiguous result is the one that leaves its claim open: telling it again sets the same state again.
            if (once && s.kind !== 'ambiguous') expect(settle(once, of(s, a, e))).toBeUndefined();
            if (seen) expect(proven(seen, a, 'w')).toBeUndefined();
          },
        ),
        { numRuns: 2_000 },
      );
    });
  });
});
