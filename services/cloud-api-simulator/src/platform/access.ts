import type { Clock } from '@daybreak/kernel';
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AccessToken, Waba } from './accounts.js';
import type { Directory } from './directory.js';
import { GraphError } from './graph-error.js';

export type Scope = 'whatsapp_business_messaging' | 'whatsapp_business_management';

/** Who may do what: access tokens, their scopes, their WABAs. */
export class Access {
  constructor(
    private readonly directory: Directory,
    private readonly clock: Clock,
  ) {}

  /**
   * The token of a request, or Meta's refusal.
   * @param presented from `Authorization: Bearer`/`OAuth`, or the `access_token` parameter
   * @param proof the `appsecret_proof` parameter; checked when it is there
   */
  tokenOf(presented: string | undefined, proof: string | undefined): AccessToken {
    if (presented === undefined || presented === '')
      throw new GraphError(104, { message: 'An access token is required to request this resource' });
    const token = this.directory.tokens.get(presented) ?? this.appToken(presented);
    if (token === undefined) throw new GraphError(190, { message: 'Invalid OAuth access token - Cannot parse access token' });
    if (token.revoked)
      throw new GraphError(190, { message: 'Error validating access token: The session has been invalidated', subcode: 460 });
    if (token.expiresAtMs !== undefined && token.expiresAtMs <= this.clock.nowMs()) {
      throw new GraphError(190, { message: 'Error validating access token: Session has expired', subcode: 463 });
    }
    if (proof !== undefined && !this.isProof(proof, token))
      throw new GraphError(100, { message: 'Invalid appsecret_proof provided in the API argument' });
    return token;
  }

  /** Whether the token would be taken now. */
  isValid(token: AccessToken): boolean {
    return !token.revoked && (token.expiresAtMs === undefined || token.expiresAtMs > this.clock.nowMs());
  }

  /** Demands one of the scopes. */
  demand(token: AccessToken, ...scopes: readonly Scope[]): void {
    if (token.type === 'APP' || !scopes.some((scope) => token.scopes.includes(scope))) {
      throw new GraphError(200, { message: `(#200) Requires ${scopes.join(' or ')} permission`, subcode: 1349176 });
    }
  }

  demandWaba(token: AccessToken, waba: Waba): void {
    if (token.wabaIds === undefined || token.wabaIds.includes(waba.id)) return;
    throw new GraphError(200, {
      message: "Your app doesn't have permission to access this WhatsApp Business Account",
      subcode: 1349174,
      userTitle: 'Permission Denied',
      userMessage: "Your app doesn't have permission to access this resource",
    });
  }

  /** `<app id>|<app secret>` is the token of the app itself: it manages the app's subscriptions and inspects tokens. */
  private appToken(presented: string): AccessToken | undefined {
    const [appId = '', secret] = presented.split('|');
    const app = this.directory.apps.get(appId);
    if (app === undefined || secret !== app.secret) return undefined;
    return { token: presented, appId, type: 'APP', scopes: [], wabaIds: [], issuedAtMs: 0, expiresAtMs: undefined, revoked: false };
  }

  private isProof(proof: string, token: AccessToken): boolean {
    const secret = this.directory.apps.get(token.appId)?.secret ?? '';
    const expected = createHmac('sha256', secret).update(token.token).digest();
    const given = Buffer.from(proof, 'hex');
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}
