import 'reflect-metadata';
import { ConfigModule, type ClockConfig } from '@daybreak/config';
import { connectEventBus, type ConnectOptions } from '@daybreak/event-bus';
import { HealthRegistry, LOGGER, NestPinoLogger, createLogger, type LogFormat, type Logger } from '@daybreak/observability';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyServerOptions } from 'fastify';
import { portTrouble } from './port-trouble.js';
import { SharedPortAdapter } from './shared-port.js';

/** What `commonConfig` gives, as far as starting and stopping need it. */
export interface HostConfig extends ClockConfig {
  readonly HTTP_HOST: string;
  readonly HTTP_PORT: number;
  readonly LOG_LEVEL: string;
  readonly LOG_FORMAT: LogFormat;
  readonly SHUTDOWN_GRACE_MS: number;
}

/** What a service has beside its module and its configuration. */
export interface HostOptions {
  /** Consumer group; given, the service also consumes events. */
  readonly group?: string;
  /** Where the group's consumers differ from `CONSUMER_TUNING`. */
  readonly tuning?: ConnectOptions['tuning'];
  /** Limits of the HTTP server, where Fastify's own do not fit. */
  readonly http?: Pick<FastifyServerOptions, 'bodyLimit' | 'connectionTimeout' | 'requestTimeout' | 'keepAliveTimeout'>;
  /** Sockets of the one port; more than one let a burst of new connections in sooner. Linux only; elsewhere it stays one. */
  readonly sockets?: number;
  /** Last touches before anything listens, e.g. a route outside Nest. */
  readonly prepare?: (app: NestFastifyApplication) => void | Promise<void>;
}

/** A service that listens. `app.close()` ends it. */
export interface RunningService {
  readonly app: NestFastifyApplication;
  readonly port: number;
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Starts a service and keeps it going until SIGTERM: readiness false as soon as it must stop, and an end in time. A start that fails says
 * why and ends the process, as does a promise nobody waited for; nothing runs half.
 */
export async function startService(
  rootModule: Type | DynamicModule,
  config: HostConfig,
  options: HostOptions = {},
): Promise<RunningService> {
  const boot = bootLogger(config);
  process.on('unhandledRejection', (reason) => die(boot, reason, 'unhandled rejection'));
  try {
    const running = await open(rootModule, config, options, (app, logger) => {
      app.enableShutdownHooks([...SIGNALS], { useProcessExit: true });
      stopInTime(app.get(HealthRegistry), logger, config.SHUTDOWN_GRACE_MS);
    });
    process.send?.({ ready: true, port: running.port }); // only when a launcher forked us
    return running;
  } catch (error) {
    const trouble = portTrouble(error, config);
    if (trouble === undefined) return die(boot, error, 'the service could not start');
    boot.fatal(trouble);
    process.exit(1);
  }
}

/**
 * The same service inside a process that has other work, such as a test: signals and the process are left alone. Rejects with what kept
 * it from starting, after it has closed what it had opened.
 */
export async function openService(
  rootModule: Type | DynamicModule,
  config: HostConfig,
  options: HostOptions = {},
): Promise<RunningService> {
  let created: NestFastifyApplication | undefined;
  try {
    return await open(rootModule, config, options, (app) => (created = app));
  } catch (error) {
    await created
      ?.close()
      .catch((reason: unknown) => bootLogger(config).warn({ err: reason }, 'a service that could not start did not close'));
    throw error;
  }
}

/** Configuration for every module, Kafka before HTTP. `onCreated` comes before anything is connected. */
async function open(
  rootModule: Type | DynamicModule,
  config: HostConfig,
  options: HostOptions,
  onCreated: (app: NestFastifyApplication, logger: Logger) => void,
): Promise<RunningService> {
  const { HTTP_HOST: host, HTTP_PORT: wanted } = config;
  const adapter = new SharedPortAdapter({ ...options.http });
  const app = await NestFactory.create<NestFastifyApplication>(
    { module: ServiceHost, imports: [ConfigModule.for(config), rootModule] },
    adapter,
    { abortOnError: false, logger: new NestPinoLogger(bootLogger(config)) },
  );
  const logger = app.get<Logger>(LOGGER);
  app.useLogger(new NestPinoLogger(logger));
  onCreated(app, logger);
  await options.prepare?.(app);
  if (options.group !== undefined) {
    connectEventBus(app, { group: options.group, ...(options.tuning && { tuning: options.tuning }) });
    await app.startAllMicroservices();
  }
  const sockets = options.sockets ?? 1;
  await app.listen({ host, port: wanted, ...(sockets > 1 && (await SharedPortAdapter.claim(host, wanted))) });
  const port = portOf(app);
  await adapter.share(host, port, sockets);
  logger.info({ port }, 'listening');
  return { app, port };
}

const bootLogger = (config: HostConfig): Logger => createLogger('boot', { level: config.LOG_LEVEL, format: config.LOG_FORMAT });

/** Root of every service: the service's own module, and the configuration above it. */
class ServiceHost {}

function portOf(app: NestFastifyApplication): number {
  const address = app.getHttpServer().address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Stop signals: no new work at once, and an end even if something hangs, before the kubelet ends it unlogged. */
function stopInTime(health: HealthRegistry, logger: Logger, graceMs: number): void {
  const onSignal = (signal: string): void => {
    health.drain();
    logger.info({ signal }, 'stopping');
    setTimeout(() => die(logger, new Error(`still not stopped ${graceMs} ms after ${signal}`), 'stopped the hard way'), graceMs).unref();
  };
  for (const signal of SIGNALS) process.once(signal, onSignal);
}

function die(logger: Logger, reason: unknown, message: string): never {
  logger.fatal({ err: reason instanceof Error ? reason : new Error(String(reason)) }, message);
  process.exit(1);
}
