export { createLogger, type Logger, type LoggerOptions, type LogFormat } from './logger.js';
export { NestPinoLogger } from './nest-pino-logger.js';
export { metrics } from './metrics.js';
export { HealthRegistry, type HealthKind, type HealthReport } from './health.js';
export { ObservabilityModule, LOGGER } from './observability.module.js';
export { ObservabilityController } from './observability.controller.js';
