import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { e164OfWaId, normalizeE164 } from './phone-number.js';

describe(normalizeE164.name, () => {
  it.each([
    ['E.164', '+919812345678'],
    ['WhatsApp id of India', '919812345678'],
    ['without country code', '9812345678'],
    ['with a leading zero', '09812345678'],
    ['with the international prefix', '00919812345678'],
    ['in groups', '+91 98123 45678'],
    ['with dashes and brackets', '(+91) 98123-45678'],
    ['with blanks around', '  9812345678 '],
  ])('takes a number %s', (_, text) => {
    expect(normalizeE164(text)).toBe('+919812345678');
  });

  it('keeps numbers of other countries', () => {
    expect(normalizeE164('+971 50 123 4567')).toBe('+971501234567');
  });

  it.each([
    ['empty', ''],
    ['words', 'my number'],
    ['too short', '+91981234'],
    ['too long', '+9198123456789'],
    ['of no country', '+99912345678'],
  ])('refuses what is %s', (_, text) => {
    expect(() => normalizeE164(text)).toThrow('phone_number: is not a phone number');
  });

  it('changes nothing when it is applied twice, for every Indian mobile number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 6_000_000_000, max: 9_999_999_999 }), (digits) => {
        expect(normalizeE164(String(digits))).toBe(`+91${digits}`);
        expect(normalizeE164(normalizeE164(String(digits)))).toBe(`+91${digits}`);
      }),
    );
  });

  it('never echoes what it refuses', () => {
    expect(() => normalizeE164('98123456789012345')).toThrow(expect.objectContaining({ message: expect.not.stringContaining('98123') }));
  });
});

describe(e164OfWaId.name, () => {
  it('reads a foreign id as foreign, even one that would do as an Indian number', () => {
    expect(e164OfWaId('6591234567')).toBe('+6591234567');
  });

  it.each([
    ['a business-scoped user id', 'IN.1234567890'],
    ['nothing', ''],
  ])('finds no number in %s', (_, waId) => {
    expect(e164OfWaId(waId)).toBeUndefined();
  });
});
