import { redisAddressOf } from '@daybreak/config';
import { drop, reasonOf } from '@daybreak/kernel';
import { kafkaAnswers, postgresReady, redisReady } from './readiness.js';
import type { PartName, StackPart } from './stack.js';

/** An address in the environment that does not answer by then is wrong, not slow. */
const ANSWER_TIMEOUT_MS = 20_000;

const VARIABLE: Readonly<Record<PartName, string>> = { postgres: 'DATABASE_URL', redis: 'REDIS_URL or REDIS_HOST', kafka: 'KAFKA_BROKERS' };

/** The stores whose addresses the environment gives. An empty variable counts as absent. */
export function addressesFrom(env: NodeJS.ProcessEnv): Partial<Record<PartName, string>> {
  const redis = redisUrlFrom(env);
  return {
    ...(env['DATABASE_URL'] ? { postgres: env['DATABASE_URL'] } : {}),
    ...(redis === undefined ? {} : { redis }),
    ...(env['KAFKA_BROKERS'] ? { kafka: env['KAFKA_BROKERS'] } : {}),
  };
}

function redisUrlFrom(env: NodeJS.ProcessEnv): string | undefined {
  if (env['REDIS_URL']) return env['REDIS_URL'];
  if (!env['REDIS_HOST']) return undefined;
  const { host, port, password, db } = redisAddressOf({
    REDIS_HOST: env['REDIS_HOST'],
    REDIS_PORT: Number(env['REDIS_PORT'] || 6379),
    REDIS_PASSWORD: env['REDIS_PASSWORD'] || undefined,
    REDIS_DB: Number(env['REDIS_DB'] || 0),
  });
  const credentials = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
  return `redis://${credentials}${host.includes(':') ? `[${host}]` : host}:${port}/${db}`;
}

/** A store somebody else runs: waited for, used, never touched. */
export async function openFromEnvironment(name: PartName, address: string, signal: AbortSignal): Promise<StackPart> {
  const timeout = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
  const ready = { postgres: postgresReady, redis: redisReady, kafka: kafkaAnswers }[name];
  try {
    await ready(address, timeout);
  } catch (error) {
    throw drop(`${VARIABLE[name]} is set, but nothing answers there: ${reasonOf(error)}`);
  }
  const refuse = (): Promise<never> =>
    Promise.reject(drop(`${name} comes from the environment (${VARIABLE[name]}): it is not this stack's to kill, restart or pause`));
  return { name, key: 'environment', address, kill: refuse, restart: refuse, pause: refuse, resume: refuse };
}
