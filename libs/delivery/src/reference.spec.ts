import { describe, expect, it } from '@jest/globals';
import { deliveryIdOf } from '@daybreak/kernel';
import fc from 'fast-check';
import { encodeReference, parseReference, REFERENCE_KINDS, REFERENCE_MAX_LENGTH, type Reference, type ReferenceKind } from './reference.js';

const aReference: fc.Arbitrary<Reference> = fc.record({
  kind: fc.constantFrom(...(Object.keys(REFERENCE_KINDS) as ReferenceKind[])),
  runId: fc.stringMatching(/^[A-Za-z0-9_-]{1,48}$/),
  deliveryId: fc.string().map((recipient) => deliveryIdOf('main-20261122-0600', recipient)),
  attempt: fc.integer({ min: 1, max: 999 }),
  epoch: fc.maxSafeNat(),
});

const GOOD = 'd.main-20261122-0600.6f0f7a1e-7c2b-5d0c-9a57-3d6f5b1c0e42.1.17';

describe('the reference', () => {
  it('reads like its parts', () => {
    expect(parseReference(GOOD)).toEqual({
      kind: 'd',
      runId: 'main-20261122-0600',
      deliveryId: '6f0f7a1e-7c2b-5d0c-9a57-3d6f5b1c0e42',
      attempt: 1,
      epoch: 17,
    });
  });

  it('comes back as it went, in at most 128 plain characters', () => {
    fc.assert(
      fc.property(aReference, (reference) => {
        const text = encodeReference(reference);

        expect(parseReference(text)).toEqual(reference);
        expect(text.length).toBeLessThanOrEqual(REFERENCE_MAX_LENGTH);
        expect(text).toMatch(/^[\x21-\x7e]+$/);
      }),
    );
  });

  it.each([
    undefined,
    '',
    'order-4711',
    'x.main-20261122-0600.6f0f7a1e-7c2b-5d0c-9a57-3d6f5b1c0e42.1.17',
    'toString.main-20261122-0600.6f0f7a1e-7c2b-5d0c-9a57-3d6f5b1c0e42.1.17',
    'd.main-20261122-0600.not-a-uuid.1.17',
    'd.main-20261122-0600.6F0F7A1E-7C2B-5D0C-9A57-3D6F5B1C0E42.1.17',
    'd.main-20261122-0600.6f0f7a1e-7c2b-5d0c-9a57-3d6f5b1c0e42.0.17',
    'd.main-20261122-0600.6f0f7a1e-7c2b-5d0c-9a57-3d6f5b1c0e42.01.17',
    'd.main-20261122-0600.6f0f7a1e-7c2b-5d0c-9a57-3d6f5b1c0e42.1.-1',
    'd.main-20261122-0600.6f0f7a1e-7c2b-5d0c-9a57-3d6f5b1c0e42.1',
    `${GOOD}.1`,
    ` ${GOOD}`,
    `${GOOD}${'0'.repeat(200)}`,
  ])('is not seen in foreign text: %s', (text) => {
    expect(parseReference(text)).toBeUndefined();
  });

  it('never sees itself in arbitrary text, unless it would write exactly that', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const reference = parseReference(text);

        expect(reference === undefined || encodeReference(reference) === text).toBe(true);
      }),
    );
  });

  it.each([
    ['runId', { runId: 'main.0600' }],
    ['runId', { runId: 'x'.repeat(49) }],
    ['deliveryId', { deliveryId: '42' }],
    ['attempt', { attempt: 1.5 }],
    ['epoch', { epoch: -1 }],
  ])('is not written with a bad %s', (field, over) => {
    expect(() => encodeReference({ ...(parseReference(GOOD) as Reference), ...over })).toThrow(field);
  });
});
