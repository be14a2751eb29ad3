import { CONFIG } from '@daybreak/config';
import { Module, type DynamicModule } from '@nestjs/common';
import { collectDefaultMetrics, register } from 'prom-client';
import { watchEventLoop } from './event-loop.js';
import { HealthRegistry } from './health.js';
import { createLogger, type LogFormat } from './logger.js';
import { ObservabilityController } from './observability.controller.js';

/** Injection token of the service's `Logger`. */
export const LOGGER = Symbol('daybreak.logger');

/** The part of `commonConfig` that concerns logs. */
interface LogConfig {
  readonly LOG_LEVEL?: string;
  readonly LOG_FORMAT?: LogFormat;
}

/** Provides `LOGGER` and `HealthRegistry` to the whole service, and serves /metrics, /healthz and /readyz. */
@Module({})
export class ObservabilityModule {
  /** @param service folder name of the service */
  static for({ service }: { readonly service: string }): DynamicModule {
    return {
      module: ObservabilityModule,
      global: true,
      controllers: [ObservabilityController],
      providers: [
        {
          provide: LOGGER,
          inject: [{ token: CONFIG, optional: true }],
          useFactory: (config: LogConfig = {}) => createLogger(service, { level: config.LOG_LEVEL, format: config.LOG_FORMAT }),
        },
        { provide: HealthRegistry, useFactory: healthOfThisProcess },
      ],
      exports: [LOGGER, HealthRegistry],
    };
  }
}

function healthOfThisProcess(): HealthRegistry {
  const health = new HealthRegistry();
  health.register('event-loop', 'liveness', watchEventLoop());
  if (register.getSingleMetric('nodejs_eventloop_lag_p99_seconds') === undefined) collectDefaultMetrics();
  return health;
}
