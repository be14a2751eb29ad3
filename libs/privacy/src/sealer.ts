import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { drop } from '@daybreak/kernel';
import type { Keyring } from './keyring.js';

/*
 * Sealed bytes: format (1 byte) | length of the key id (1) | key id (ASCII) | nonce (12) | AES-256-GCM ciphertext | tag (16).
 * Everything before the ciphertext, and the context, are authenticated with it.
 */
const FORMAT = 1;
const NONCE_BYTES = 12; // random: one key may seal 2^32 values, eleven years at a million a day
const TAG_BYTES = 16;
/** Asking the kernel for twelve bytes takes nearly as long as sealing a number. */
const NONCES_AT_ONCE = 256;

/** Encrypts small personal values at rest and in flight, bound to the context they belong to. */
export class Sealer {
  private readonly sealingKey: KeyObject;
  private readonly keysById: ReadonlyMap<string, KeyObject>;
  private readonly header: Buffer;

  constructor(keyring: Keyring) {
    const [current] = keyring;
    if (current === undefined) throw new RangeError('the keyring is empty');
    this.sealingKey = createSecretKey(current.key);
    this.keysById = new Map(keyring.map((k) => [k.keyId, createSecretKey(k.key)]));
    const id = Buffer.from(current.keyId, 'ascii');
    this.header = Buffer.concat([Buffer.from([FORMAT, id.length]), id]);
  }

  /** @param context what the value belongs to; the same text is needed to open it */
  sealBytes(plain: Uint8Array, context: string): Uint8Array {
    const nonce = nextNonce();
    const cipher = createCipheriv('aes-256-gcm', this.sealingKey, nonce);
    cipher.setAAD(Buffer.concat([this.header, Buffer.from(context, 'utf8')]));
    return Buffer.concat([this.header, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  /** Throws a `drop` error that carries neither the value nor the context. */
  openBytes(sealed: Uint8Array, context: string): Uint8Array {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    const headerBytes = 2 + (bytes[1] ?? 0);
    if (bytes[0] !== FORMAT || bytes.length < headerBytes + NONCE_BYTES + TAG_BYTES) throw drop('sealed value: not in the sealed format');
    const header = bytes.subarray(0, headerBytes);
    const key = this.keysById.get(header.toString('ascii', 2));
    if (!key) throw drop('sealed value: its key is not in the keyring');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(headerBytes, headerBytes + NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.concat([header, Buffer.from(context, 'utf8')]));
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(headerBytes + NONCE_BYTES, bytes.length - TAG_BYTES)), decipher.final()]);
    } catch {
      throw drop('sealed value: altered, or sealed for something else'); // the cause says no more than this
    }
  }

  /** True when the value was sealed by a key that is being rotated out: seal it again. */
  isOutdated(sealed: Uint8Array): boolean {
    return !Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength).subarray(0, this.header.length).equals(this.header);
  }
}

let nonces = Buffer.alloc(0);

/** Each once. */
function nextNonce(): Buffer {
  if (nonces.length === 0) nonces = randomBytes(NONCES_AT_ONCE * NONCE_BYTES);
  const nonce = nonces.subarray(0, NONCE_BYTES);
  nonces = nonces.subarray(NONCE_BYTES);
  return nonce;
}

/** Seals one recipient's E.164 number. What was sealed for one recipient does not open for another. */
export class AddressSealer {
  constructor(private readonly sealer: Sealer) {}

  seal(e164: string, recipientId: string): Uint8Array {
    return this.sealer.sealBytes(Buffer.from(e164, 'utf8'), addressContext(recipientId));
  }

  open(sealed: Uint8Array, recipientId: string): string {
    return Buffer.from(this.sealer.openBytes(sealed, addressContext(recipientId))).toString('utf8');
  }
}

/** A sealed address must not open as anything else that is bound to the same recipient. */
const addressContext = (recipientId: string): string => `address:${recipientId}`;
