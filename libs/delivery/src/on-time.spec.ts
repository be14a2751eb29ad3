import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addsUp, isOnTime, onTimeRatios, staysInDenominator, verdictOf } from './on-time.js';

const DEADLINE = Date.parse('2026-11-22T06:05:00+05:30');

describe(isOnTime.name, () => {
  it.each([
    ['a second before', -1_000, true],
    ['within the last second, which Meta stamps as its start', -1, true],
    ['at the deadline', 0, false],
    ['after it', 1_000, false],
  ])('%s', (_, offset, onTime) => {
    expect(isOnTime(DEADLINE + offset, DEADLINE)).toBe(onTime);
  });
});

describe(onTimeRatios.name, () => {
  it('keeps the counts beside the ratios', () => {
    expect(onTimeRatios({ denominator: 850, onTime: { accepted: 850, sent: 847, delivered: 831 } })).toEqual({
      denominator: 850,
      onTime: { accepted: 850, sent: 847, delivered: 831 },
      ratio: { accepted: 1, sent: 847 / 850, delivered: 831 / 850 },
    });
  });

  it('has no ratio where nobody was eligible', () => {
    expect(onTimeRatios({ denominator: 0, onTime: { accepted: 0, sent: 0, delivered: 0 } }).ratio).toEqual({
      accepted: null,
      sent: null,
      delivered: null,
    });
  });
});

describe(verdictOf.name, () => {
  const ratios = onTimeRatios({ denominator: 850, onTime: { accepted: 850, sent: 842, delivered: 831 } });

  it.each([
    ['sent', 0.99, 'PASS'],
    ['delivered', 0.99, 'FAIL'],
    ['sent', 842 / 850, 'PASS'],
    ['sent', 0.991, 'FAIL'],
  ] as const)('on %s with an objective of %d: %s', (stage, objective, verdict) => {
    expect(verdictOf(ratios, stage, objective)).toBe(verdict);
  });

  it('has no verdict where nobody was eligible', () => {
    expect(verdictOf(onTimeRatios({ denominator: 0, onTime: { accepted: 0, sent: 0, delivered: 0 } }), 'sent', 0.99)).toBe('NO_DATA');
  });
});

describe(staysInDenominator.name, () => {
  it.each([
    ['whoever was posted to and said nothing', { firstPostAtMs: 10 }, true],
    ['whoever was never posted to', {}, true],
    ['who opted out after the POST', { firstPostAtMs: 10, optedOutAtMs: 11 }, true],
    ['who opted out at the same instant: the POST had started', { firstPostAtMs: 10, optedOutAtMs: 10 }, true],
    ['not who opted out before the POST', { firstPostAtMs: 10, optedOutAtMs: 9 }, false],
    ['not who opted out and was never posted to', { optedOutAtMs: 9 }, false],
    ['not whose pack was withdrawn before the POST', { firstPostAtMs: 10, withdrawnAtMs: 9 }, false],
    ['who was refused, opted out and was withheld at the retry: a POST had come first', { firstPostAtMs: 10, withheldAtMs: 20 }, true],
    ['not who was withheld and never posted to', { withheldAtMs: 20 }, false],
  ])('keeps %s', (_, facts, stays) => {
    expect(staysInDenominator(facts)).toBe(stays);
  });
});

describe(addsUp.name, () => {
  it('holds for any outcome counts and their sum, and for no other sum', () => {
    const count = fc.nat({ max: 1_000_000 });
    fc.assert(
      fc.property(
        count,
        count,
        count,
        count,
        count,
        fc.integer({ min: 1, max: 9 }),
        (accepted, failed, suppressed, expired, unresolved, off) => {
          const outcomes = { accepted, failed, suppressed, expired, unresolved };
          const sum = accepted + failed + suppressed + expired + unresolved;

          expect(addsUp(sum, outcomes)).toBe(true);
          expect(addsUp(sum + off, outcomes)).toBe(false);
        },
      ),
    );
  });
});
