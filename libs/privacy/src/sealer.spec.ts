import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isAppError } from '@daybreak/kernel';
import fc from 'fast-check';
import { AddressSealer, Sealer } from './sealer.js';

const key = (keyId: string) => ({ keyId, key: randomBytes(32) });
const may = key('2026-05');
const november = key('2026-11');
const number = fc.integer({ min: 6_000_000_000, max: 9_999_999_999 }).map((digits) => `+91${digits}`);
const recipientId = fc.string({ minLength: 1, maxLength: 64 });

const errorOf = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

describe(AddressSealer.name, () => {
  const sut = new AddressSealer(new Sealer([november]));

  it('opens what it sealed, for the same recipient', () => {
    fc.assert(fc.property(number, recipientId, (e164, id) => expect(sut.open(sut.seal(e164, id), id)).toBe(e164)));
  });

  it('does not open for another recipient', () => {
    fc.assert(
      fc.property(number, recipientId, recipientId, (e164, id, other) => {
        fc.pre(id !== other);
        expect(isAppError(errorOf(() => sut.open(sut.seal(e164, id), other)))).toBe(true);
      }),
    );
  });

  it('refuses every altered byte, and says nothing of the number', () => {
    fc.assert(
      fc.property(number, recipientId, fc.nat(), fc.integer({ min: 1, max: 255 }), (e164, id, position, mask) => {
        const sealed = Buffer.from(sut.seal(e164, id));
        sealed[position % sealed.length]! ^= mask;
        const error = errorOf(() => sut.open(sealed, id));
        expect(isAppError(error)).toBe(true);
        expect(String(error)).not.toContain(e164.slice(3));
      }),
    );
  });

  it('refuses what is no sealed value at all', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => expect(isAppError(errorOf(() => sut.open(bytes, 'r')))).toBe(true)));
  });

  it('never seals to the same bytes twice, nor to bytes that show the number', () => {
    const sealed = sut.seal('+919812345678', 'r-1');

    expect(Buffer.from(sut.seal('+919812345678', 'r-1')).equals(sealed)).toBe(false);
    expect(Buffer.from(sealed).toString('latin1')).not.toContain('9812345678');
  });
});

describe(Sealer.name, () => {
  it('never uses a nonce twice, whichever sealer seals', () => {
    const header = 2 + november.keyId.length;
    const sealers = [new Sealer([november]), new Sealer([november])];
    const sealed = Array.from({ length: 2_000 }, (_, n) => Buffer.from(sealers[n % 2]?.sealBytes(Buffer.from('same'), 'same') ?? []));

    const nonces = new Set(sealed.map((bytes) => bytes.toString('hex', header, header + 12)));

    expect(nonces.size).toBe(sealed.length);
  });

  it('opens with the old key while a new one seals, and says which values to seal again', () => {
    const before = new Sealer([may]);
    const during = new Sealer([november, may]);
    const after = new Sealer([november]);
    const old = before.sealBytes(Buffer.from('evidence'), 'ledger:1');
    const renewed = during.sealBytes(during.openBytes(old, 'ledger:1'), 'ledger:1');

    expect(during.isOutdated(old)).toBe(true);
    expect(during.isOutdated(renewed)).toBe(false);
    expect(Buffer.from(after.openBytes(renewed, 'ledger:1')).toString()).toBe('evidence');
    expect(errorOf(() => after.openBytes(old, 'ledger:1'))).toMatchObject({ message: 'sealed value: its key is not in the keyring' });
  });

  it('keeps values for different uses apart, even of one recipient', () => {
    const sealer = new Sealer([november]);
    const address = new AddressSealer(sealer).seal('+919812345678', 'r-1');

    expect(isAppError(errorOf(() => sealer.openBytes(address, 'r-1')))).toBe(true);
  });

  it('does not start without a key', () => {
    expect(() => new Sealer([])).toThrow('the keyring is empty');
  });
});
