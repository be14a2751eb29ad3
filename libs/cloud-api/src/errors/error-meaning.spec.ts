import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { KNOWN_CODES } from './error-codes.js';
import { errorMeaning, pairRetryDelayMs } from './error-meaning.js';
import { FAULT_ATTRIBUTION, type ErrorMeaning, type ErrorSurface } from './meaning.js';

const meaningOf = (code: number, surface: ErrorSurface = 'sync'): ErrorMeaning => errorMeaning(code, 400, surface);

describe('the error table', () => {
  it('has every documented code once', () => {
    expect(new Set(KNOWN_CODES).size).toBe(99);
  });

  it('calls only the documented codes proven not processed: sending those again cannot make a second message', () => {
    const proven = KNOWN_CODES.filter((code) => meaningOf(code).provenNotProcessed);

    expect(new Set(proven)).toEqual(new Set([4, 17, 613, 80007, 80008, 130429, 131056]));
  });

  it('calls ambiguous what Meta leaves open, and nothing else', () => {
    const open = KNOWN_CODES.filter((code) => meaningOf(code).ambiguous);

    expect(new Set(open)).toEqual(new Set([1, 2, 131000, 131016, 131057, 133004, 2494100]));
  });

  it.each<[string, number, ErrorMeaning['retry']]>([
    ['the number waits a second when it is out of throughput', 130429, { kind: 'pause', scope: 'shard', until: 1_000 }],
    ['one recipient waits when the pair limit is hit', 131056, { kind: 'defer', delayMs: 6_000 }],
    ['one recipient waits a day when they had enough marketing', 131049, { kind: 'defer', delayMs: 86_400_000 }],
    ['who opted out is never written to again', 131050, { kind: 'drop' }],
    ['a paused template waits for Meta, its rows for the standby', 132015, { kind: 'pause', scope: 'template', until: 'platform' }],
    ['a restricted number stops, it is not slowed down', 131048, { kind: 'pause', scope: 'shard', until: 'operator' }],
    ['broken billing stops the account', 131042, { kind: 'pause', scope: 'account', until: 'operator' }],
    ['an expired token stops the account', 190, { kind: 'pause', scope: 'account', until: 'operator' }],
    ['portfolio pacing stops everything', 135000, { kind: 'pause', scope: 'campaign', until: 'operator' }],
    ['a wrong parameter is never retried', 100, { kind: 'drop' }],
    ['a template that fails validation is never retried', 132018, { kind: 'drop' }],
    ['a listing starts again', 131059, { kind: 'backoff' }],
  ])('%s (%d)', (_title, code, retry) => {
    expect(meaningOf(code).retry).toEqual(retry);
  });

  it.each([100, 132018, 190, 131048, 131031, 132015, 135000])('alerts on %d', (code) => {
    expect(meaningOf(code).alert).not.toBe(false);
  });

  it('alerts on nothing that is about one recipient, but for what is set up wrongly', () => {
    const alerting = KNOWN_CODES.map((code) => meaningOf(code)).filter(
      (m) => m.scope === 'recipient' && m.class.startsWith('recipient') && m.alert !== false,
    );

    expect(alerting.map((m) => m.fault).sort()).toEqual(['country', 'test-number']);
  });

  it('pauses exactly what it is about', () => {
    for (const code of KNOWN_CODES) {
      const { retry, scope } = meaningOf(code);
      if (retry.kind === 'pause') expect([code, retry.scope]).toEqual([code, scope]);
    }
  });

  it('trips a breaker for every pause, and never for a single recipient', () => {
    for (const code of KNOWN_CODES) {
      const { retry, scope, tripsAfter } = meaningOf(code);
      if (retry.kind === 'pause') expect([code, tripsAfter]).not.toEqual([code, null]);
      if (scope === 'recipient' || scope === 'delivery') expect([code, tripsAfter]).toEqual([code, null]);
    }
  });

  it('tells an operator something, in our words, about every code', () => {
    for (const code of KNOWN_CODES) expect(meaningOf(code).why).toMatch(/^[A-Z].{15,}[.)]$/);
  });

  it('attributes every fault', () => {
    for (const code of KNOWN_CODES) expect(meaningOf(code).attribution).toBe(FAULT_ATTRIBUTION[meaningOf(code).fault]);
  });
});

describe('codes that are not in the table', () => {
  it.each<[string, number | null, number | null, ErrorSurface, Partial<ErrorMeaning>]>([
    [
      'an unknown code with 4xx is permanent for the message',
      987_654,
      404,
      'sync',
      { class: 'request-bug', ambiguous: false, retry: { kind: 'drop' } },
    ],
    ['an unknown code with 5xx is ambiguous', 987_654, 500, 'sync', { class: 'ambiguous', ambiguous: true }],
    ['no code with 5xx is ambiguous', null, 503, 'sync', { class: 'ambiguous', ambiguous: true }],
    ['no code with 4xx is permanent', null, 400, 'sync', { class: 'request-bug', ambiguous: false }],
    ['429 was refused before it was looked at', null, 429, 'sync', { class: 'throttle', provenNotProcessed: true }],
    ['a permission of the 200s is missing', 294, 403, 'sync', { class: 'auth-halt' }],
    ['an unknown registration code concerns management', 133_999, 400, 'sync', { class: 'management-only' }],
    [
      'an unknown failed status is the end of this message, not of the recipient',
      987_654,
      null,
      'async',
      { class: 'recipient-terminal', scope: 'delivery', retry: { kind: 'drop' } },
    ],
  ])('%s', (_title, code, httpStatus, surface, expected) => {
    expect(errorMeaning(code, httpStatus, surface)).toMatchObject(expected);
  });

  it('the same code means the same with any HTTP status', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KNOWN_CODES), fc.integer({ min: 400, max: 599 }), (code, status) => {
        expect(errorMeaning(code, status, 'sync')).toEqual(errorMeaning(code, 400, 'sync'));
      }),
    );
  });

  it('nothing is ever both proven not processed and ambiguous, and a failed status is always definite', () => {
    const anyCode = fc.option(fc.oneof(fc.constantFrom(...KNOWN_CODES), fc.integer()), { nil: null });
    const anySurface = fc.constantFrom<ErrorSurface>('sync', 'async', 'health');
    fc.assert(
      fc.property(anyCode, fc.option(fc.integer({ min: 100, max: 599 }), { nil: null }), anySurface, (code, status, surface) => {
        const meaning = errorMeaning(code, status, surface);

        expect(meaning.provenNotProcessed && meaning.ambiguous).toBe(false);
        if (surface !== 'sync') expect(meaning.ambiguous).toBe(false);
      }),
    );
  });
});

it('waits 4ⁿ seconds for a pair', () => {
  expect([0, 1, 2, 3].map(pairRetryDelayMs)).toEqual([1_000, 4_000, 16_000, 64_000]);
});
