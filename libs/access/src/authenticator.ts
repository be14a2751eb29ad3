import { refusal } from './problem.js';
import type { Identity } from './roles.js';

/** One way to prove who one is. */
export interface Scheme {
  /** Whether a token is of this kind, as far as its form tells. */
  recognises(token: string): boolean;
  /** Throws a refusal that says what is wrong with it; never the token. */
  identify(token: string): Promise<Identity>;
}

const BEARER = /^bearer +([A-Za-z0-9._~+/=-]+)$/i;

/** Who sends a request, by its Authorization header. Without a configured scheme nobody is anybody. */
export class Authenticator {
  constructor(private readonly schemes: readonly Scheme[]) {}

  get configured(): boolean {
    return this.schemes.length > 0;
  }

  async identify(authorization: string | undefined): Promise<Identity> {
    if (!this.configured) throw refusal(401, 'nobody may sign in here: neither ACCESS_OIDC_ISSUER nor ACCESS_TOKENS is configured');
    if (authorization === undefined) throw refusal(401, 'an Authorization header with a bearer token is missing');
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) throw refusal(401, 'the Authorization header is not of the form "Bearer <token>"');
    const scheme = this.schemes.find((candidate) => candidate.recognises(token));
    if (!scheme) throw refusal(401, 'access tokens of this kind are not accepted here');
    return scheme.identify(token);
  }
}
