import { createHmac } from 'node:crypto';

/**
 * The tokens that may be used, best first. One that Meta calls expired or revoked is left out until the list
 * changes; when all are, the first is used again, so that the caller hears Meta's refusal and not a guess of ours.
 */
export class TokenRing {
  private readonly refused = new Set<string>();
  private readonly proofs = new Map<string, string>();

  constructor(
    private readonly tokens: () => readonly string[],
    private readonly appSecret: string | undefined,
  ) {}

  current(): string {
    const tokens = this.tokens();
    return tokens.find((token) => !this.refused.has(token)) ?? tokens[0] ?? '';
  }

  /** Remembers that Meta refused this token. True when there is another one to try. */
  refuse(token: string): boolean {
    const tokens = this.tokens();
    for (const known of this.refused) if (!tokens.includes(known)) this.refused.delete(known);
    this.refused.add(token);
    return tokens.some((other) => !this.refused.has(other));
  }

  /** Binds the token to the app, so that a stolen one is of no use without the app secret. Null when no secret is configured. */
  proofOf(token: string): string | null {
    if (this.appSecret === undefined) return null;
    let proof = this.proofs.get(token);
    if (proof === undefined) {
      proof = createHmac('sha256', this.appSecret).update(token).digest('hex');
      this.proofs.set(token, proof);
    }
    return proof;
  }
}
