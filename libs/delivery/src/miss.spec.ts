import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DELIVERY_STATES } from './delivery-state.js';
import { ATTEMPT_STATUSES } from './delivery-status.js';
import { attributeMiss, MISS_CAUSES, type DeliveryFacts, type Judgement } from './miss.js';

const CLOSES = Date.parse('2026-11-22T06:04:30+05:30');
const DEADLINE = Date.parse('2026-11-22T06:05:00+05:30');
const onSent: Judgement = { slaStage: 'sent', closesAt: CLOSES, deadlineAt: DEADLINE };
const onDelivered: Judgement = { ...onSent, slaStage: 'delivered' };
const IN_TIME = DEADLINE - 60_000;
const LATE = DEADLINE + 60_000;

describe(attributeMiss.name, () => {
  it.each<[string, DeliveryFacts, Judgement]>([
    ['sent in time', { state: 'ACCEPTED', status: 'sent', sentAtMs: IN_TIME }, onSent],
    ['delivered in time, the sent skipped', { state: 'ACCEPTED', status: 'delivered', deliveredAtMs: IN_TIME }, onSent],
    ['sent in time while our answer is lost', { state: 'AMBIGUOUS', status: 'sent', sentAtMs: IN_TIME }, onSent],
    ['delivered in time', { state: 'ACCEPTED', status: 'read', sentAtMs: IN_TIME, deliveredAtMs: IN_TIME }, onDelivered],
    [
      'delivered in time after a sent that came late',
      { state: 'ACCEPTED', status: 'read', sentAtMs: LATE, deliveredAtMs: IN_TIME },
      onDelivered,
    ],
  ])('is silent about what was %s', (_, facts, judgement) => {
    expect(attributeMiss(facts, judgement)).toBeUndefined();
  });

  it.each<[string, DeliveryFacts, Judgement, string, string]>([
    ['an opt-out before the POST', { state: 'SUPPRESSED', excluded: true, reason: 'consent' }, onSent, 'not_eligible', 'consent'],
    [
      'a recipient who cannot be reached',
      { state: 'ACCEPTED', status: 'failed', blame: 'recipient', reason: 'undeliverable' },
      onSent,
      'recipient',
      'undeliverable',
    ],
    ['a failure that nobody knows', { state: 'ACCEPTED', status: 'failed' }, onSent, 'platform', 'failed'],
    [
      'a sent and then failed message, though it was sent late',
      { state: 'ACCEPTED', status: 'failed', sentAtMs: LATE, blame: 'platform' },
      onSent,
      'platform',
      'failed',
    ],
    ['a definite refusal of a bad request', { state: 'FAILED', blame: 'ours', reason: 'request' }, onSent, 'ours', 'request'],
    ['a message that Meta holds', { state: 'ACCEPTED', status: 'held' }, onSent, 'platform', 'held'],
    ['a message of which Meta says nothing', { state: 'ACCEPTED', status: 'accepted' }, onSent, 'platform', 'no-sent-status'],
    ['a settled one whose attempt has not been heard of', { state: 'ACCEPTED' }, onSent, 'platform', 'no-sent-status'],
    [
      'a message that was sent late',
      { state: 'ACCEPTED', status: 'delivered', sentAtMs: LATE, deliveredAtMs: LATE },
      onSent,
      'platform',
      'sent-late',
    ],
    [
      'a POST after the window',
      { state: 'ACCEPTED', status: 'sent', acceptedStartedAtMs: CLOSES, sentAtMs: LATE },
      onSent,
      'ours',
      'posted-late',
    ],
    ['a window that closed', { state: 'EXPIRED' }, onSent, 'ours', 'window-closed'],
    [
      'a window that closed while Meta refused',
      { state: 'EXPIRED', blame: 'platform', reason: 'throughput' },
      onSent,
      'platform',
      'throughput',
    ],
    ['the kill switch', { state: 'SUPPRESSED', reason: 'kill-switch' }, onSent, 'ours', 'kill-switch'],
    ['a POST without an answer', { state: 'AMBIGUOUS' }, onSent, 'platform', 'ambiguous'],
    ['a delivery that was forgotten after a refusal', { state: 'QUEUED', status: 'failed' }, onSent, 'ours', 'not-sent'],
    [
      'a delivery that we held back after a refusal',
      { state: 'EXPIRED', status: 'failed', reason: 'window-closed' },
      onSent,
      'ours',
      'window-closed',
    ],
    [
      'an opt-out before the POST of what Meta gave up',
      { state: 'ACCEPTED', status: 'failed', excluded: true, reason: 'unreachable' },
      onSent,
      'not_eligible',
      'opted-out',
    ],
    ['a delivery that was forgotten', { state: 'QUEUED' }, onSent, 'ours', 'not-sent'],
    ['a phone that is off', { state: 'ACCEPTED', status: 'sent', sentAtMs: IN_TIME }, onDelivered, 'recipient', 'not-delivered'],
    [
      'a phone that was switched on late',
      { state: 'ACCEPTED', status: 'read', sentAtMs: IN_TIME, deliveredAtMs: LATE },
      onDelivered,
      'recipient',
      'delivered-late',
    ],
    [
      'a message that was delivered late because it was sent late',
      { state: 'ACCEPTED', status: 'delivered', sentAtMs: LATE, deliveredAtMs: LATE },
      onDelivered,
      'platform',
      'sent-late',
    ],
  ])('puts down %s', (_, facts, judgement, cause, detail) => {
    expect(attributeMiss(facts, judgement)).toEqual({ cause, detail });
  });

  it('has a cause for every delivery that was not on time, whatever is known of it', () => {
    const stamp = fc.option(fc.constantFrom(IN_TIME, LATE), { nil: undefined });
    const facts = fc.record({
      state: fc.constantFrom(...DELIVERY_STATES),
      status: fc.option(fc.constantFrom(...ATTEMPT_STATUSES), { nil: undefined }),
      excluded: fc.boolean(),
      sentAtMs: stamp,
      deliveredAtMs: stamp,
    });
    fc.assert(
      fc.property(facts, fc.constantFrom(onSent, onDelivered), (known, judgement) => {
        const stamps = judgement.slaStage === 'sent' ? [known.sentAtMs, known.deliveredAtMs] : [known.deliveredAtMs];
        const onTime = !known.excluded && stamps.includes(IN_TIME);
        const miss = attributeMiss(known, judgement);

        expect(miss === undefined).toBe(onTime);
        if (miss) expect(MISS_CAUSES).toContain(miss.cause);
      }),
    );
  });
});
