import { createHmac, timingSafeEqual } from 'node:crypto';

const HEADER = /^sha256=([0-9a-f]{64})$/i;

/**
 * Whether Meta signed these bytes with one of the app's secrets (two while one is being rotated).
 * `rawBody` must be the bytes as they came: Meta signs its own escaping of non-ASCII text, so JSON that was parsed and
 * written again does not verify. Every secret is tried, in constant time. Never throws; without a secret nothing is valid.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint
 */
export function verifySignature(rawBody: Uint8Array, header: string | undefined, secrets: readonly string[]): boolean {
  const hex = typeof header === 'string' ? HEADER.exec(header)?.[1] : undefined;
  if (hex === undefined) return false;
  const claimed = Buffer.from(hex, 'hex');
  let valid = false;
  for (const secret of secrets) {
    if (secret === '') continue; // an unset variable must not become a secret that everybody knows
    const expected = createHmac('sha256', secret).update(rawBody).digest();
    valid = timingSafeEqual(claimed, expected) || valid;
  }
  return valid;
}

/** What Meta would send for these bytes. For those who play Meta. */
export const signatureOf = (rawBody: Uint8Array, secret: string): string =>
  `sha256=${createHmac('sha256', secret).update(rawBody).digest('hex')}`;
