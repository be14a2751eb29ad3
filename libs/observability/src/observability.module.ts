import { Module, type DynamicModule } from '@nestjs/common';
import { collectDefaultMetrics, register } from 'prom-client';
import { watchEventLoop } from './event-loop.js';
import { HealthRegistry } from './health.js';
import { createLogger, type LogFormat } from './logger.js';
import { ObservabilityController } from './observability.controller.js';

/** Injection token of the service's `Logger`. */
export const LOGGER = Symbol('daybreak.logger');

export interface ObservabilityOptions {
  /** Folder name of the service. */
  readonly service: string;
  /** The service's config, as far as it concerns logs. */
  readonly config?: { readonly LOG_LEVEL?: string | undefined; readonly LOG_FORMAT?: LogFormat | undefined };
}

/** Provides `LOGGER` and `HealthRegistry` to the whole service, and serves /metrics, /healthz and /readyz. */
@Module({})
export class ObservabilityModule {
  static for({ service, config = {} }: ObservabilityOptions): DynamicModule {
    const health = new HealthRegistry();
    health.register('event-loop', 'liveness', watchEventLoop());
    if (register.getSingleMetric('nodejs_eventloop_lag_p99_seconds') === undefined) collectDefaultMetrics();
    return {
      module: ObservabilityModule,
      global: true,
      controllers: [ObservabilityController],
      providers: [
        { provide: LOGGER, useValue: createLogger(service, { level: config.LOG_LEVEL, format: config.LOG_FORMAT }) },
        { provide: HealthRegistry, useValue: health },
      ],
      exports: [LOGGER, HealthRegistry],
    };
  }
}
