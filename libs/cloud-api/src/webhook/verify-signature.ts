import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

const HEADER = /^sha256=([0-9a-f]{64})$/i;

/** Whether Meta signed these bytes, as the header says. Never throws. */
export type SignatureCheck = (rawBody: Uint8Array, header: string | undefined) => boolean;

/**
 * Checks signatures by any of the app's secrets (two while one is being rotated); without a secret nothing is valid.
 * The bytes must be those that came: Meta signs its own escaping of non-ASCII text, so JSON that was parsed and
 * written again does not verify. Every secret is tried, in constant time.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint
 */
export function signatureCheck(secrets: readonly string[]): SignatureCheck {
  // An unset variable must not become a secret that everybody knows. As KeyObjects: from a text, Node would make the key anew for every body.
  const keys = secrets.filter((secret) => secret !== '').map((secret) => createSecretKey(secret, 'utf8'));
  return (rawBody, header) => {
    const hex = typeof header === 'string' ? HEADER.exec(header)?.[1] : undefined;
    if (hex === undefined) return false;
    const claimed = Buffer.from(hex, 'hex');
    let valid = false;
    for (const key of keys) {
      const expected = createHmac('sha256', key).update(rawBody).digest();
      valid = timingSafeEqual(claimed, expected) || valid;
    }
    return valid;
  };
}

/** What Meta would send for these bytes. For those who play Meta. */
export const signatureOf = (rawBody: Uint8Array, secret: string): string =>
  `sha256=${createHmac('sha256', secret).update(rawBody).digest('hex')}`;
