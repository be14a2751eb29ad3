import type { TokenFinding, TokenKeeper } from '@daybreak/cloud-api';
import type { Logger } from '@daybreak/observability';
import { Repeating } from '@daybreak/service-host';
import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import type { AccessTokens } from './access-tokens.js';

/** A database that is away must not keep a service from starting: it then begins with the tokens of its configuration. */
const FIRST_CONTACT_MS = 2_000;

/** Looks at the process's tokens from its start on, and lets those that are about to expire be exchanged. */
export class KeepTokens implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly repeating: Repeating;
  private underWay: Promise<readonly TokenFinding[]> | undefined;

  constructor(
    private readonly keeper: TokenKeeper,
    private readonly tokens: AccessTokens,
    private readonly logger: Logger,
    everyMs: number,
  ) {
    this.repeating = new Repeating('keep the access tokens', everyMs, async () => void (await this.check()), logger);
  }

  async onModuleInit(): Promise<void> {
    await Promise.race([this.load(), new Promise((resolve) => setTimeout(resolve, FIRST_CONTACT_MS).unref())]);
  }

  onApplicationBootstrap(): void {
    this.repeating.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.repeating.stop();
  }

  /** What there is to say of each token now; a check that is under way serves everybody. Throws when Meta cannot be asked. */
  check(): Promise<readonly TokenFinding[]> {
    this.underWay ??= this.checkAll().finally(() => (this.underWay = undefined));
    return this.underWay;
  }

  private async checkAll(): Promise<readonly TokenFinding[]> {
    await this.load();
    const findings = await this.keeper.check();
    for (const { index, state, expiresAtMs, missingScopes } of findings) {
      const about = { token: index + 1, state, expires_at: expiresAtMs === null ? 'never' : new Date(expiresAtMs).toISOString() };
      if (state === 'renewed') this.logger.info(about, 'an access token was renewed');
      else if (state !== 'valid' || missingScopes.length > 0)
        this.logger.warn({ ...about, missing_scopes: missingScopes }, 'an access token is not as it should be');
    }
    return findings;
  }

  private async load(): Promise<void> {
    await this.tokens
      .load()
      .catch((error: unknown) => this.logger.warn({ err: error }, 'renewed access tokens could not be read; those known stay in use'));
  }
}
