import { hkdfSync } from 'node:crypto';
import { hmacSha256 } from '@daybreak/kernel';

/** One key per purpose, so that the hash of an address never equals the hash of anything else. */
const keyedHash = (pepper: Uint8Array, purpose: string): ((text: string) => string) =>
  hmacSha256(Buffer.from(hkdfSync('sha256', pepper, '', `daybreak/${purpose}`, 32)));

/** `address_key`: lets services match a person's number without holding it. */
export class AddressKeyer {
  private readonly hash: (text: string) => string;

  /** @param pepper at least 32 secret bytes: numbers are few enough to be guessed one by one, so the pepper is the whole protection */
  constructor(pepper: Uint8Array) {
    this.hash = keyedHash(pepper, 'address');
  }

  /** HMAC-SHA-256, 64 hex characters. @param e164 as `normalizeE164` gives it */
  keyOf(e164: string): string {
    return this.hash(e164);
  }
}

/** A wamid contains the recipient's number (base64), so it is kept and logged only as this. */
export class WamidKeyer {
  private readonly hash: (text: string) => string;

  constructor(pepper: Uint8Array) {
    this.hash = keyedHash(pepper, 'wamid');
  }

  /** The first 128 bits of an HMAC-SHA-256, 32 hex characters. */
  keyOf(wamid: string): string {
    return this.hash(wamid).slice(0, 32);
  }
}
