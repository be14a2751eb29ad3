import type { Clock } from '@daybreak/kernel';
import type { TokenInfo } from './wire.js';

/** Where the tokens in use are kept, e.g. sealed rows or a mounted secret. */
export interface TokenStore {
  /** Those whose end counts, best first. */
  tokens(): readonly string[];
  /** Called after Meta gave a new token for an old one; the old one stays valid until it expires. */
  renewed(old: string, token: string, expiresAtMs: number | null): Promise<void>;
  /** Called when Meta says that a token is not valid. */
  refused(token: string): Promise<void>;
}

/** What the keeper needs of the client. */
export interface TokenCalls {
  debugToken(token: string): Promise<TokenInfo>;
  refreshToken(token: string): Promise<{ readonly token: string; readonly expiresAtMs: number | null }>;
}

/** What one look at a token found. Instants are epoch ms. */
export interface TokenFinding {
  /** Position in the store's list: tokens are never named. */
  readonly index: number;
  readonly state: 'valid' | 'renewed' | 'expires-soon' | 'invalid';
  /** Null: never. */
  readonly expiresAtMs: number | null;
  /** The app's access to data has an end of its own, which only a person can move. Null: never. */
  readonly dataAccessExpiresAtMs: number | null;
  /** Scopes that Daybreak needs and this token has not. */
  readonly missingScopes: readonly string[];
  /** WABAs that the scopes reach; null: Meta names none, and all are meant. */
  readonly wabaIds: readonly string[] | null;
}

/** Without either of them Daybreak can send, or can manage, nothing. */
export const NEEDED_SCOPES = ['whatsapp_business_messaging', 'whatsapp_business_management'] as const;

const DAY_MS = 86_400_000;
/** Meta's tokens that expire live 60 days; one that is not renewed leaves a week for a person. */
const RENEW_BEFORE_MS = 7 * DAY_MS;

const instantOf = (epochSeconds: number | undefined): number | null =>
  epochSeconds === undefined || epochSeconds === 0 ? null : epochSeconds * 1_000;

/** What every scope that is bound to accounts reaches. */
function reachOf({ granular_scopes: granted = [] }: TokenInfo): readonly string[] | null {
  const bound = granted
    .filter(({ scope }) => NEEDED_SCOPES.some((needed) => needed === scope))
    .flatMap((grant) => (grant.target_ids ? [grant.target_ids] : []));
  const [first, ...others] = bound;
  return first === undefined ? null : first.filter((wabaId) => others.every((ids) => ids.includes(wabaId)));
}

/** Looks at every token and exchanges those that are about to expire. Call it a few times a day. */
export class TokenKeeper {
  constructor(
    private readonly calls: TokenCalls,
    private readonly store: TokenStore,
    private readonly clock: Clock,
    private readonly renewBeforeMs: number = RENEW_BEFORE_MS,
  ) {}

  async check(): Promise<readonly TokenFinding[]> {
    const findings: TokenFinding[] = [];
    for (const [index, token] of this.store.tokens().entries()) findings.push(await this.checkOne(index, token));
    return findings;
  }

  private async checkOne(index: number, token: string): Promise<TokenFinding> {
    const info = await this.calls.debugToken(token);
    const expiresAtMs = instantOf(info.expires_at);
    const finding: TokenFinding = {
      index,
      state: 'valid',
      expiresAtMs,
      dataAccessExpiresAtMs: instantOf(info.data_access_expires_at),
      missingScopes: NEEDED_SCOPES.filter((scope) => !(info.scopes ?? []).includes(scope)),
      wabaIds: reachOf(info),
    };
    if (!info.is_valid) {
      await this.store.refused(token);
      return { ...finding, state: 'invalid' };
    }
    if (expiresAtMs === null || expiresAtMs - this.clock.nowMs() > this.renewBeforeMs) return finding;
    return this.renew(finding, token);
  }

  /** Meta exchanges system-user tokens that were made to expire, and no others: those stay as they are, and are reported. */
  private async renew(finding: TokenFinding, token: string): Promise<TokenFinding> {
    let renewed: { readonly token: string; readonly expiresAtMs: number | null };
    try {
      renewed = await this.calls.refreshToken(token);
    } catch {
      return { ...finding, state: 'expires-soon' };
    }
    await this.store.renewed(token, renewed.token, renewed.expiresAtMs);
    return { ...finding, state: 'renewed', expiresAtMs: renewed.expiresAtMs };
  }
}
