import { describe, expect, it } from '@jest/globals';
import { CloudApiError, type SendOutcome } from '@daybreak/cloud-api';
import { sendWindowFrom } from '@daybreak/timing';
import { isTooFast, settleAttempt, type SettleContext } from './settle-attempt.js';

const OPENS = 0;
const CLOSES = 300_000;
const window = sendWindowFrom({
  freezeAt: -1,
  stagedBy: -1,
  opensAt: OPENS,
  firstAttemptsEndAt: 240_000,
  closesAt: CLOSES,
  deadlineAt: 330_000,
  liveSealAt: 900_000,
  finalSealAt: 900_001,
});

const context = (over: Partial<SettleContext> = {}): SettleContext => ({
  nowMs: 100_000,
  window,
  latePolicy: 'none',
  maxAttempts: 3,
  resolveAfterMs: 45_000,
  byMediaId: false,
  random: { next: () => 0.5 },
  ...over,
});
const usage = { businessUseCases: [] } as unknown as Extract<SendOutcome, { kind: 'rejected' }>['usage'];
const refusal = (code: number, httpStatus = 400): SendOutcome => ({
  kind: 'rejected',
  error: new CloudApiError({ code, subcode: null, type: null, details: null, fbtraceId: null, isTransient: null }, httpStatus),
  httpStatus,
  usage,
});
const settle = (outcome: SendOutcome, claim = { attempt: 1, spared: 0 }, over: Partial<SettleContext> = {}) =>
  settleAttempt(claim, outcome, (wamid) => `hash of ${wamid}`, context(over));

describe(settleAttempt.name, () => {
  it('keeps the hash of the wamid, never the wamid', () => {
    const outcome: SendOutcome = { kind: 'accepted', wamid: 'wamid.x', held: true, messageStatus: null, waId: null, userId: null, usage };

    expect(settle(outcome)).toEqual({ kind: 'accepted', wamidHash: 'hash of wamid.x', held: true });
  });

  it('waits for a webhook where nobody can say whether Meta took the message', () => {
    expect(settle({ kind: 'ambiguous', reason: 'timeout' })).toEqual({ kind: 'ambiguous', resolveAtMs: 145_000, errorCode: 0 });
  });

  it('takes the claim back where nothing left', () => {
    expect(settle({ kind: 'not-sent', reason: 'refused' })).toEqual({ kind: 'not-posted', dueAtMs: 101_000 });
  });

  it('waits on 130429, and does not count the attempt', () => {
    expect(settle(refusal(130429), { attempt: 3, spared: 0 })).toMatchObject({ kind: 'again', spared: true, errorCode: 130429 });
    expect([130429, 131056, 190].map((code) => isTooFast(refusal(code)))).toEqual([true, false, false]);
  });

  it('defers only the recipient on 131056: 6 s, then 4ⁿ s', () => {
    expect(settle(refusal(131056))).toEqual({ kind: 'again', dueAtMs: 106_000, spared: true, errorCode: 131056 });
    expect(settle(refusal(131056), { attempt: 3, spared: 2 })).toMatchObject({ dueAtMs: 116_000 });
  });

  it.each<[string, number, string, string]>([
    ['a person that cannot be reached', 131026, 'unreachable', 'failed'],
    ['a person that has had enough for today', 131049, 'user-cap', 'failed'],
  ])('ends with %s', (_, code, reason, kind) => {
    expect(settle(refusal(code))).toEqual({ kind, reason, errorCode: code });
  });

  it.each([
    ['a paused template', 132015],
    ['a token that is not accepted', 190],
    ['a restricted number', 131048],
  ])('keeps the delivery and burns no attempt on %s', (_, code) => {
    expect(settle(refusal(code, 401), { attempt: 3, spared: 0 })).toMatchObject({ kind: 'again', spared: true });
  });

  it('sends again without the id when Meta may not know it, and believes the second refusal', () => {
    const wrongParameter = refusal(100);

    expect(settle(wrongParameter, { attempt: 1, spared: 0 }, { byMediaId: true })).toMatchObject({ kind: 'again', spared: false });
    expect(settle(wrongParameter, { attempt: 2, spared: 0 }, { byMediaId: false })).toMatchObject({ kind: 'failed', reason: 'request' });
  });

  it('expires what cannot start again inside the window', () => {
    expect(settle(refusal(131056), { attempt: 1, spared: 0 }, { nowMs: 296_000 })).toEqual({
      kind: 'expired',
      reason: 'pair-rate',
      errorCode: 131056,
    });
  });

  it('tries again after the window where late is better than never, and not after the live seal', () => {
    const late = { latePolicy: 'send-late', nowMs: 296_000 } as const;

    expect(settle(refusal(131056), { attempt: 1, spared: 0 }, late)).toMatchObject({ kind: 'again', dueAtMs: 302_000 });
    expect(settle(refusal(131056), { attempt: 1, spared: 0 }, { ...late, nowMs: 895_000 })).toMatchObject({ kind: 'expired' });
  });

  it('treats a 500 page as ambiguous, whatever it says', () => {
    expect(settle({ kind: 'ambiguous', reason: 'server-error', httpStatus: 500 }).kind).toBe('ambiguous');
  });
});
