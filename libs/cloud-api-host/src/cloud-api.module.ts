import { CloudApiClient, TokenKeeper, type CloudApiClientOptions, type Usage } from '@daybreak/cloud-api';
import { CLOCK, CONFIG, type RedisConfig } from '@daybreak/config';
import { Database } from '@daybreak/database';
import { openRedis } from '@daybreak/job-queue';
import type { Clock } from '@daybreak/kernel';
import { LOGGER, metrics, type Logger } from '@daybreak/observability';
import { Sealer } from '@daybreak/privacy';
import { Module, type DynamicModule } from '@nestjs/common';
import { AccessTokens } from './access-tokens.js';
import { KeepTokens } from './keep-tokens.js';
import { RedisManagementBudget } from './redis-management-budget.js';
import { RenewedTokenRepository } from './renewed-token.repository.js';

/** What `commonConfig`, `redisConfig` and `cloudApiConfig` give, as far as it is needed here. */
export interface CloudApiHostConfig extends RedisConfig {
  readonly NAMESPACE: string;
  readonly CLOUD_API_BASE_URL: string;
  readonly CLOUD_API_VERSION: string;
  readonly CLOUD_API_TOKEN: string;
  readonly CLOUD_API_TOKEN_2?: string | undefined;
  readonly CLOUD_API_APP_ID: string;
  readonly CLOUD_API_APP_SECRET?: string | undefined;
  readonly CLOUD_API_CALLS_PER_HOUR: number;
  readonly CLOUD_API_TOKEN_CHECK_MS: number;
}

/** A management call waits no longer for its budget than Meta would take to refuse it. */
const PATIENCE = { commandTimeout: 1_000, maxRetriesPerRequest: 1 };

/** Meta throttles an app by whichever of the three is used up first; it says nothing while all of them are far from it. */
const usedShare = (app: Usage['app']): number => (app === null ? 0 : Math.max(app.callCount, app.totalTime, app.totalCpuTime) / 100);

/** Provides `CloudApiClient` and `KeepTokens` to the whole service. Needs `DatabaseModule`, `PrivacyModule`, and the table `renewed_token`. */
@Module({})
export class CloudApiModule {
  static for<C extends CloudApiHostConfig>(
    tuning: (config: C) => Pick<CloudApiClientOptions, 'connections' | 'sendTimeoutMs'>,
  ): DynamicModule {
    return {
      module: CloudApiModule,
      global: true,
      providers: [
        {
          provide: AccessTokens,
          inject: [CONFIG, Database, Sealer],
          useFactory: ({ CLOUD_API_TOKEN: first, CLOUD_API_TOKEN_2: second }: C, database: Database, sealer: Sealer) =>
            new AccessTokens(second === undefined ? [first] : [first, second], new RenewedTokenRepository(database, sealer)),
        },
        {
          provide: RedisManagementBudget,
          inject: [CONFIG, CLOCK, LOGGER],
          useFactory: (config: C, clock: Clock, logger: Logger) => {
            const prefix = config.NAMESPACE === '' ? 'daybreak' : config.NAMESPACE;
            return new RedisManagementBudget(() => openRedis(config, PATIENCE), prefix, config.CLOUD_API_CALLS_PER_HOUR, clock, logger);
          },
        },
        {
          provide: CloudApiClient,
          inject: [CONFIG, CLOCK, AccessTokens, RedisManagementBudget],
          useFactory: (config: C, clock: Clock, tokens: AccessTokens, budget: RedisManagementBudget) =>
            new CloudApiClient({
              baseUrl: config.CLOUD_API_BASE_URL,
              version: config.CLOUD_API_VERSION,
              tokens: () => tokens.forCalls(),
              appId: config.CLOUD_API_APP_ID,
              appSecret: config.CLOUD_API_APP_SECRET,
              budget,
              onUsage: ({ app }) => metrics.cloudApiAppUsage.set(usedShare(app)),
              clock,
              ...tuning(config),
            }),
        },
        {
          provide: KeepTokens,
          inject: [CloudApiClient, AccessTokens, CLOCK, LOGGER, CONFIG],
          useFactory: (client: CloudApiClient, tokens: AccessTokens, clock: Clock, logger: Logger, config: C) =>
            new KeepTokens(new TokenKeeper(client, tokens, clock), tokens, logger, config.CLOUD_API_TOKEN_CHECK_MS),
        },
      ],
      exports: [CloudApiClient, KeepTokens],
    };
  }
}
