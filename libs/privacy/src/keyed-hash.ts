import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/**
 * One key per purpose, so that the hash of an address never equals the hash of anything else. As a KeyObject: with bytes, Node spends seven
 * times as long on every hash.
 */
const purposeKey = (pepper: Uint8Array, purpose: string): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync('sha256', pepper, '', `daybreak/${purpose}`, 32)));

/** `address_key`: lets services match a person's number without holding it. */
export class AddressKeyer {
  private readonly key: KeyObject;

  /** @param pepper at least 32 secret bytes: numbers are few enough to be guessed one by one, so the pepper is the whole protection */
  constructor(pepper: Uint8Array) {
    this.key = purposeKey(pepper, 'address');
  }

  /** HMAC-SHA-256, 64 hex characters. @param e164 as `normalizeE164` gives it */
  keyOf(e164: string): string {
    return createHmac('sha256', this.key).update(e164).digest('hex');
  }
}

/** A wamid contains the recipient's number (base64), so it is kept and logged only as this. */
export class WamidKeyer {
  private readonly key: KeyObject;

  constructor(pepper: Uint8Array) {
    this.key = purposeKey(pepper, 'wamid');
  }

  /** The first 128 bits of an HMAC-SHA-256, 32 hex characters. */
  keyOf(wamid: string): string {
    return createHmac('sha256', this.key).update(wamid).digest('hex').slice(0, 32);
  }
}
