import { reasonOf } from '@daybreak/kernel';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import type { Scheme } from './authenticator.js';
import { refusal } from './problem.js';
import { isRole, type Identity } from './roles.js';

/** Which provider is trusted, and where its tokens say who somebody is and what they may. */
export interface OidcOptions {
  readonly issuer: string;
  readonly audience: string;
  /** Absent: found through the issuer's discovery document. */
  readonly jwksUrl?: string | undefined;
  /** Name of the claim, or a path of names joined by dots, e.g. `realm_access.roles`. */
  readonly rolesClaim: string;
  readonly subjectClaim: string;
}

/** Asymmetric only: with an HMAC algorithm allowed, whoever knows a public key could sign. `none` is not among them either. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const CLOCK_TOLERANCE_S = 30;
const PROVIDER_TIMEOUT_MS = 5_000;
const SUBJECT_LENGTH = 128;

/** A JWT of an OIDC provider, verified by the provider's published keys. Expiry is judged by the real clock, not by the run's. */
export class Oidc implements Scheme {
  private keys: Promise<JWTVerifyGetKey> | undefined;

  constructor(private readonly options: OidcOptions) {}

  recognises(token: string): boolean {
    return token.split('.').length === 3;
  }

  async identify(token: string): Promise<Identity> {
    const { issuer, audience, rolesClaim, subjectClaim } = this.options;
    const keys = await this.published();
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_S,
      requiredClaims: ['exp'],
    }).catch((error: unknown) => {
      throw refusalOf(error);
    });
    const subject = claimOf(payload, subjectClaim);
    if (typeof subject !== 'string' || subject === '' || subject.length > SUBJECT_LENGTH)
      throw refusal(401, `the access token has no usable claim "${subjectClaim}"`);
    const roles = claimOf(payload, rolesClaim);
    const named: unknown[] = Array.isArray(roles) ? roles : typeof roles === 'string' ? roles.split(' ') : [];
    return { subject, roles: named.filter(isRole), via: 'oidc' };
  }

  /** The provider's keys; jose keeps them, and asks again for a key it has not seen. */
  private async published(): Promise<JWTVerifyGetKey> {
    this.keys ??= this.find();
    try {
      return await this.keys;
    } catch (error) {
      this.keys = undefined; // the next request asks the provider again
      throw refusal(503, `the identity provider cannot be asked: ${reasonOf(error)}`);
    }
  }

  private async find(): Promise<JWTVerifyGetKey> {
    const url = this.options.jwksUrl ?? (await this.discover());
    return createRemoteJWKSet(new URL(url), { timeoutDuration: PROVIDER_TIMEOUT_MS });
  }

  private async discover(): Promise<string> {
    const { issuer } = this.options;
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(PROVIDER_TIMEOUT_MS), redirect: 'error' });
    const body: unknown = answer.ok ? await answer.json() : undefined;
    if (!isDiscovery(body)) throw new Error(`its discovery document is not there or not usable (${answer.status})`);
    if (body.issuer !== issuer) throw new Error('its discovery document is of another issuer');
    return body.jwks_uri;
  }
}

const isDiscovery = (body: unknown): body is { issuer: string; jwks_uri: string } =>
  typeof body === 'object' && body !== null && 'issuer' in body && 'jwks_uri' in body && typeof body.jwks_uri === 'string';

/** The claim of that very name (some are URLs, dots and all), or else the one at that path. */
function claimOf(payload: JWTPayload, name: string): unknown {
  if (name in payload) return payload[name];
  return name
    .split('.')
    .reduce<unknown>(
      (value, part) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined),
      payload,
    );
}

/** What is wrong, in words that help the owner of a token and nobody else. */
function refusalOf(error: unknown): Error {
  if (error instanceof errors.JWTExpired) return refusal(401, 'the access token has expired');
  if (error instanceof errors.JWTClaimValidationFailed)
    return refusal(401, `the access token's claim "${error.claim}" is missing or wrong`);
  if (error instanceof errors.JOSEAlgNotAllowed) return refusal(401, 'the access token is signed by an algorithm that is not accepted');
  if (error instanceof errors.JWKSTimeout) return refusal(503, 'the identity provider does not answer');
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey)
    return refusal(401, 'the access token is not signed by the identity provider');
  if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid || error instanceof errors.JOSENotSupported)
    return refusal(401, 'the access token is not a JWT that can be verified');
  return refusal(503, 'the identity provider cannot be asked for its keys');
}
