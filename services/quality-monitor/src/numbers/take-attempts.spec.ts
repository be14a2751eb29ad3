import { describe, expect, it } from '@jest/globals';
import { countByMinute, isRefusalOfNumber, type SendAttempt } from './take-attempts.js';

describe(isRefusalOfNumber.name, () => {
  it.each([
    [0, false, 'accepted'],
    [131048, true, 'the number is restricted for spam'],
    [368, true, 'the account is blocked for a violation'],
    [130429, false, 'too many a second: the throttle’s business'],
    [131056, false, 'too many to one recipient'],
    [131026, false, 'the recipient is not on WhatsApp'],
    [132015, false, 'the template is paused'],
    [132000, false, 'our request is wrong'],
  ])('%d is %s: %s', (code, refusal) => {
    expect(isRefusalOfNumber(code)).toBe(refusal);
  });
});

describe(countByMinute.name, () => {
  it('counts by number and minute of the run’s clock', () => {
    const at = (phoneNumberId: string, startedAtMs: number, errorCode = 0): SendAttempt => ({
      eventId: `${startedAtMs}`,
      phoneNumberId,
      startedAtMs,
      errorCode,
    });

    expect(countByMinute([at('1', 59_999), at('1', 60_000, 131048), at('1', 119_999), at('2', 60_000)])).toEqual([
      { phoneNumberId: '1', minuteMs: 0, attempts: 1, refused: 0 },
      { phoneNumberId: '1', minuteMs: 60_000, attempts: 2, refused: 1 },
      { phoneNumberId: '2', minuteMs: 60_000, attempts: 1, refused: 0 },
    ]);
  });
});
