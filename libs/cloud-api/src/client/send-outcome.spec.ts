import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { KNOWN_CODES } from '../errors/error-codes.js';
import type { Exchange } from '../http/exchange.js';
import { sendOutcomeOf } from './send-outcome.js';

const PROVEN = new Set([4, 17, 613, 80007, 80008, 130429, 131056]);

const status = fc.integer({ min: 200, max: 599 });
const error = fc.record(
  {
    code: fc.oneof(fc.constantFrom(...KNOWN_CODES), fc.integer(), fc.string(), fc.constant(null)),
    message: fc.string(),
    error_data: fc.jsonValue({ maxDepth: 2 }),
  },
  { requiredKeys: [] },
);
const answer = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.record({ error: fc.oneof(error, fc.jsonValue({ maxDepth: 2 })) }),
  fc.record({
    messages: fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.array(fc.record({ id: fc.oneof(fc.string(), fc.jsonValue({ maxDepth: 2 })) }))),
    contacts: fc.jsonValue({ maxDepth: 2 }),
  }),
);
const bytes = fc.oneof(
  answer.map((value) => Buffer.from(JSON.stringify(value))),
  fc.uint8Array().map((raw) => Buffer.from(raw)),
);
const exchange: fc.Arbitrary<Exchange> = fc.oneof(
  fc.record({
    kind: fc.constant('answered' as const),
    status,
    headers: fc.dictionary(fc.constantFrom('retry-after', 'x-app-usage', 'x-business-use-case-usage'), fc.string()),
    body: bytes,
  }),
  fc.record({
    kind: fc.constant('lost' as const),
    reason: fc.constantFrom('timeout' as const, 'connection-lost' as const),
    status: fc.option(status, { nil: null }),
  }),
  fc.record({ kind: fc.constant('never-left' as const), reason: fc.constantFrom('dns' as const, 'tls' as const) }),
);

describe(sendOutcomeOf.name, () => {
  it('never throws, and calls a message accepted only when Meta gave it an id', () => {
    fc.assert(
      fc.property(exchange, (given) => {
        const outcome = sendOutcomeOf(given, 0);

        if (outcome.kind !== 'accepted') return;
        expect(given.kind === 'answered' && given.status < 300).toBe(true);
        expect(outcome.wamid).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });

  it('lets a message be sent again only when nothing left, or Meta provably did not look at it', () => {
    fc.assert(
      fc.property(exchange, (given) => {
        const outcome = sendOutcomeOf(given, 0);
        if (outcome.kind === 'not-sent') expect(given.kind).toBe('never-left');
        if (outcome.kind !== 'rejected' || !outcome.error.meaning.provenNotProcessed) return;

        const { code, httpStatus } = outcome.error;
        expect(PROVEN.has(code ?? -1) || httpStatus === 429).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('never calls silence, or a failure of Meta’s own, a refusal', () => {
    fc.assert(
      fc.property(exchange, (given) => {
        const outcome = sendOutcomeOf(given, 0);

        if (given.kind === 'lost') expect(outcome.kind).toBe('ambiguous');
        if (given.kind === 'answered' && given.status >= 500 && outcome.kind === 'rejected') expect(outcome.error.code).not.toBeNull();
      }),
      { numRuns: 500 },
    );
  });
});
