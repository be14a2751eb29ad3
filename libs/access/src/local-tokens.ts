import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AccessToken } from '@daybreak/config';
import { refusal } from './problem.js';
import { isRole, type Identity, type Role } from './roles.js';
import type { Scheme } from './authenticator.js';

/** Tells our tokens from JWTs, and lets secret scanners and the log scrubber find them. */
export const TOKEN_PREFIX = 'dbk_';

const TOKEN_BYTES = 32; // 256 random bits: a plain hash is enough, there is nothing to guess

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** Tokens for a machine without an identity provider. Only their hashes are configured, so that a configuration gives nobody access. */
export class LocalTokens implements Scheme {
  constructor(private readonly tokens: readonly AccessToken[]) {}

  recognises(token: string): boolean {
    return token.startsWith(TOKEN_PREFIX);
  }

  /** Compares with every entry, in constant time each: how long it takes says nothing about how near a guess was. */
  identify(token: string): Promise<Identity> {
    const digest = digestOf(token);
    let found: AccessToken | undefined;
    for (const entry of this.tokens) if (timingSafeEqual(entry.sha256, digest)) found = entry;
    if (!found) return Promise.reject(refusal(401, 'the access token is not known here'));
    return Promise.resolve({ subject: found.subject, roles: found.roles.filter(isRole), via: 'token' });
  }
}

/** A new token, and its entry for ACCESS_TOKENS. The token is shown once and kept nowhere. */
export function newLocalToken(subject: string, roles: readonly Role[]): { readonly token: string; readonly entry: string } {
  const token = `${TOKEN_PREFIX}${randomBytes(TOKEN_BYTES).toString('base64url')}`;
  return { token, entry: `${subject}:${roles.join('+')}:${digestOf(token).toString('hex')}` };
}
