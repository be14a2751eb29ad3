import type { Stack } from '../stack.js';
import type { PreparedNamespace } from './prepare-namespace.js';

/** Base URLs of all launched services by instance, for variables that name each other. */
export type Urls = Readonly<Record<string, string>>;

/** What every service of one installation is given, where its launcher does not say otherwise. */
export function sharedEnvironment(of: {
  readonly stack: Pick<Stack, 'redisUrl' | 'kafkaBrokers'>;
  readonly namespace: PreparedNamespace;
  readonly urls: Urls;
  readonly clockSpec: string | undefined;
}): Record<string, string> {
  const simulator = of.urls['cloud-api-simulator'];
  const ingest = of.urls['ingest'];
  return {
    NAMESPACE: of.namespace.name,
    HTTP_HOST: '127.0.0.1',
    KAFKA_BROKERS: of.stack.kafkaBrokers,
    KAFKA_SESSION_TIMEOUT_MS: '6000', // processes are killed on purpose here, and their group waits so long for them; a broker's own minimum
    REDIS_URL: of.stack.redisUrl,
    ...of.namespace.secrets,
    ...(of.clockSpec === undefined ? {} : { DAYBREAK_CLOCK: of.clockSpec }),
    ...(simulator === undefined ? {} : { CLOUD_API_BASE_URL: simulator, SIM_PUBLIC_URL: simulator }),
    ...(ingest === undefined ? {} : { SIM_WEBHOOK_URL: `${ingest}/webhooks/whatsapp` }),
  };
}

/** Of our own environment, only what a program needs to run at all, and where telemetry goes: the rest must come from its configuration. */
export function inheritedEnvironment(): NodeJS.ProcessEnv {
  const needed = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'];
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => needed.includes(name) || name.startsWith('OTEL_')));
}
