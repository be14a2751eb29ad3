import { randomBytes } from 'node:crypto';
import { drop } from '@daybreak/kernel';
import { addressesFrom, openFromEnvironment } from './environment-key.js';
import { Reaper } from './reaper.js';
import type { PartContext, PartName, Stack, StackKey, StackPart } from './stack.js';
import { READY_TIMEOUT_MS } from './stack.js';

/** Where the stores of a stack come from. */
export interface StartStackOptions {
  /** Which key opens what the environment does not give: by default $STACK, else Docker where an engine answers, else local processes. */
  readonly key?: Exclude<StackKey, 'environment'> | undefined;
  /** Folder in which the stack makes its own (local processes only). Default: the machine's temporary folder. */
  readonly dataDir?: string | undefined;
  /**
   * `host:port` of a proxy that some clients are to go by (local processes only). A broker tells its clients where it is, past any proxy: so it opens a second
   * door, `kafka.behindProxy`, and to whoever comes by it calls itself this.
   */
  readonly kafkaProxy?: string | undefined;
  /** Progress, one line at a time. Silent by default. */
  readonly log?: ((line: string) => void) | undefined;
  /** Where addresses and settings are read from. Default: `process.env`. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

const PARTS: readonly PartName[] = ['postgres', 'redis', 'kafka'];

/** Installing and fetching what is missing, once per machine, on top of the start itself. */
const START_TIMEOUT_MS = READY_TIMEOUT_MS + 600_000;

type OpenPart = (name: PartName, context: PartContext) => Promise<StackPart>;

/**
 * PostgreSQL, Redis and Kafka that are ready: from addresses in the environment, from Docker, or as local processes.
 * What it started ends with this process, however that ends; `stop()` does it earlier.
 */
export async function startStack(options: StartStackOptions = {}): Promise<Stack> {
  const env = options.env ?? process.env;
  const log = options.log ?? (() => undefined);
  const given = addressesFrom(env);
  const missing = PARTS.filter((name) => given[name] === undefined);
  const reaper = missing.length === 0 ? undefined : new Reaper();
  const failure = new AbortController();
  const signal = AbortSignal.any([failure.signal, AbortSignal.timeout(START_TIMEOUT_MS)]);
  try {
    const { key, open } = reaper === undefined ? ENVIRONMENT : await otherKey(missing, { ...options, env, log }, reaper);
    const parts = await allOrNone(PARTS, failure, async (name) => {
      const startedAt = performance.now();
      const address = given[name];
      const part = await (address === undefined ? open(name, { signal, log }) : openFromEnvironment(name, address, signal));
      log(`${name} is ready (${part.key}, ${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
      return part;
    });
    return stackOf(key, parts, async () => reaper?.finish());
  } catch (error) {
    await reaper?.finish();
    throw error;
  }
}

const ENVIRONMENT: { key: StackKey; open: OpenPart } = {
  key: 'environment',
  open: (name) => Promise.reject(drop(`the environment does not say where ${name} is`)),
};

/** The key for what the environment does not give. Its code is loaded only now: production has neither testcontainers nor PostgreSQL's binaries. */
async function otherKey(
  missing: readonly PartName[],
  options: StartStackOptions & { readonly env: NodeJS.ProcessEnv; readonly log: (line: string) => void },
  reaper: Reaper,
): Promise<{ key: StackKey; open: OpenPart }> {
  const { env, log } = options;
  const wanted = options.key ?? keyFrom(env);
  if (wanted !== 'processes') {
    const { findEngineWithImages, openInDocker } = await import('./docker/docker-key.js');
    const found = await findEngineWithImages(missing, env, log);
    if ('engine' in found) {
      return { key: 'docker', open: (name, context) => openInDocker(name, context, reaper, newPassword(), found.engine, env) };
    }
    if (wanted === 'docker') throw drop(`STACK=docker was asked for: ${found.reason}`);
    log(`${found.reason}: using local processes`);
  }
  const { makeStackFolder, openAsProcess } = await import('./processes/processes-key.js');
  const folder = makeStackFolder(reaper, options.dataDir, log);
  const install = { allowed: env['LOCAL_STACK_INSTALL'] !== '0', log };
  return {
    key: 'processes',
    open: (name, context) => openAsProcess(name, { ...context, folder, reaper, install, kafkaProxy: options.kafkaProxy }, newPassword()),
  };
}

function keyFrom(env: NodeJS.ProcessEnv): 'docker' | 'processes' | undefined {
  const key = env['STACK'] || undefined;
  if (key === undefined || key === 'docker' || key === 'processes') return key;
  throw drop('STACK must be docker or processes, or absent: then Docker is used where an engine answers, else local processes');
}

/** Random: a client that was meant for another stack is refused. */
const newPassword = (): string => randomBytes(18).toString('base64url');

/** All results, or the first failure; then the others are told to give up and waited for, so that nothing starts behind our back. */
async function allOrNone<T, R>(items: readonly T[], failure: AbortController, work: (item: T) => Promise<R>): Promise<R[]> {
  const settled = await Promise.allSettled(
    items.map((item) =>
      work(item).catch((error: unknown) => {
        failure.abort(error); // only the first reason counts
        throw error;
      }),
    ),
  );
  failure.signal.throwIfAborted();
  return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

function stackOf(key: StackKey, parts: readonly StackPart[], end: () => Promise<void>): Stack {
  const part = (name: PartName): StackPart => {
    const found = parts.find((candidate) => candidate.name === name);
    if (!found) throw drop(`the stack has no ${name}`);
    return found;
  };
  const [postgres, redis, kafka] = [part('postgres'), part('redis'), part('kafka')];
  let stopped: Promise<void> | undefined;
  return {
    key,
    databaseUrl: postgres.address,
    redisUrl: redis.address,
    kafkaBrokers: kafka.address,
    postgres,
    redis,
    kafka,
    stop: () => (stopped ??= end()),
  };
}
