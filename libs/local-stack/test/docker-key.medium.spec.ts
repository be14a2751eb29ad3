import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import type { ContainerRuntimeClient } from 'testcontainers';
import { findEngine } from '../src/docker/docker-key.js';
import { startStack, type PartName, type Stack } from '../src/index.js';
import { postgresBinaries } from '../src/processes/postgres.js';
import { kafkaJars } from '../src/processes/kafka.js';

const BUILD_MS = 600_000; // apt-get inside, twice
const START_MS = 120_000;

const found = await findEngine();
const engine = 'engine' in found ? found.engine : undefined;

(engine ? describe : describe.skip)(`the Docker key${engine ? '' : ' (skipped: no Docker engine answers)'}`, () => {
  let stack: Stack;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    env = { STACK: 'docker', ...(await buildImages(engine as ContainerRuntimeClient)) };
    stack = await startStack({ env });
  }, BUILD_MS + START_MS);

  afterAll(async () => {
    await stack?.stop();
    expect(await ourContainers()).toEqual([]);
  }, 60_000);

  const ourContainers = async (): Promise<string[]> => {
    const images = Object.values(env);
    return ((await engine?.container.list()) ?? []).filter((c) => images.includes(c.Image)).map((c) => c.Id);
  };

  it('opens all three in containers of the configured images', async () => {
    expect(stack.key).toBe('docker');
    expect(await ourContainers()).toHaveLength(3);
  });

  it('runs them with the settings of the other keys', async () => {
    await withSql(stack, async (client) => {
      expect((await client.query('show server_version_num')).rows[0].server_version_num).toMatch(/^1[89]/);
      expect((await client.query('show fsync')).rows).toEqual([{ fsync: 'on' }]);
      expect((await client.query('show max_connections')).rows).toEqual([{ max_connections: '300' }]);
    });
    const redis = new Redis(stack.redisUrl);
    expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    expect(await redis.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
    redis.disconnect();
  });

  it('carries a record through Kafka at the address it was given', async () => {
    const kafka = new Kafka({ clientId: 'test', brokers: stack.kafkaBrokers.split(','), logLevel: logLevel.NOTHING });
    const [admin, producer, consumer] = [kafka.admin(), kafka.producer(), kafka.consumer({ groupId: 'test' })];
    await admin.createTopics({ topics: [{ topic: 'through', numPartitions: 1 }] });
    await Promise.all([producer.connect(), consumer.connect()]);
    await producer.send({ topic: 'through', messages: [{ value: 'carried' }] });
    await consumer.subscribe({ topic: 'through', fromBeginning: true });

    const value = await new Promise((resolve) => {
      void consumer.run({ eachMessage: async ({ message }) => resolve(message.value?.toString()) });
    });

    expect(value).toBe('carried');
    await Promise.all([admin.disconnect(), producer.disconnect(), consumer.disconnect()]);
  }, 30_000);

  it.each(['postgres', 'redis', 'kafka'] as const)(
    '%s comes back on the same address with its data after kill -9',
    async (name) => {
      await withSql(stack, (client) => client.query('create table if not exists survives ()'));

      await stack[name].kill();
      await stack[name].restart();

      await withSql(stack, async (client) => expect((await client.query('table survives')).rows).toEqual([]));
    },
    START_MS,
  );

  it(
    'a second stack beside it has addresses of its own',
    async () => {
      const other = await startStack({ env });

      expect(other.databaseUrl).not.toBe(stack.databaseUrl);
      expect(other.kafkaBrokers).not.toBe(stack.kafkaBrokers);
      await other.stop();
      expect(await ourContainers()).toHaveLength(3);
    },
    START_MS,
  );

  it(
    'leaves no container behind when its parent dies of kill -9',
    async () => {
      const cli = spawn(process.execPath, [join(import.meta.dirname, '..', 'dist', 'cli.js'), 'up'], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      await once(cli.stdout, 'data'); // it prints the addresses once everything is ready
      expect(await ourContainers()).toHaveLength(6);

      cli.kill('SIGKILL');

      while ((await ourContainers()).length > 3) await sleep(200); // bounded by the test's own time-out
    },
    START_MS,
  );
});

describe('an engine without the images', () => {
  const nowhere = 'registry.invalid/postgres:18'; // .invalid never resolves

  (engine ? it : it.skip)(
    'is passed over where nobody asked for Docker',
    async () => {
      const lines: string[] = [];
      const env = { LOCAL_STACK_POSTGRES_IMAGE: nowhere };

      const stack = await startStack({ env, log: (line) => lines.push(line) });

      expect(stack.key).toBe('processes');
      expect(lines).toContainEqual(
        expect.stringMatching(/^a Docker engine answers, but registry.invalid\/postgres:18 cannot be pulled .*: using local processes$/),
      );
      await stack.stop();
    },
    START_MS,
  );

  (engine ? it : it.skip)('is an error where somebody did', async () => {
    const env = { STACK: 'docker', LOCAL_STACK_POSTGRES_IMAGE: nowhere };

    await expect(startStack({ env })).rejects.toThrow(
      /^STACK=docker was asked for: a Docker engine answers, but registry.invalid\/postgres:18 cannot be pulled/,
    );
  });
});

describe('STACK=docker', () => {
  (engine ? it.skip : it)('is an error where no engine answers, not another key', async () => {
    await expect(startStack({ env: { STACK: 'docker' } })).rejects.toThrow(/^STACK=docker was asked for: no Docker engine answers/);
  });
});

/** Variables that name the images built from test/images. */
async function buildImages(client: ContainerRuntimeClient): Promise<Record<string, string>> {
  const postgres = await build(client, 'postgres', { postgresql: await postgresBinaries() });
  const redis = await build(client, 'redis', {});
  const kafka = await build(client, 'kafka', { jars: await kafkaJars({ allowed: true, log: () => undefined }) });
  return { LOCAL_STACK_POSTGRES_IMAGE: postgres, LOCAL_STACK_REDIS_IMAGE: redis, LOCAL_STACK_KAFKA_IMAGE: kafka };
}

async function build(client: ContainerRuntimeClient, name: PartName, folders: Record<string, string>): Promise<string> {
  const tag = `daybreak-local-stack-test/${name}:latest`;
  const context = mkdtempSync(join(tmpdir(), `image-${name}-`));
  try {
    cpSync(join(import.meta.dirname, 'images', name), context, { recursive: true });
    for (const [target, source] of Object.entries(folders))
      cpSync(source, join(context, target), { recursive: true, verbatimSymlinks: true });
    const { dockerode } = client.container;
    const output = await dockerode.buildImage({ context, src: readdirSync(context) }, { t: tag, networkmode: 'host' });
    const lines = await new Promise<{ stream?: string; error?: string }[]>((resolve, reject) => {
      dockerode.modem.followProgress(output, (error, all) =>
        error ? reject(error) : resolve(all as { stream?: string; error?: string }[]),
      );
    });
    const log = lines.map((line) => line.stream ?? line.error ?? '').join('');
    if (lines.some((line) => line.error))
      throw new Error(`building ${tag} failed:
${log.slice(-2_000)}`);
    return tag;
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

async function withSql(stack: Stack, use: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: stack.databaseUrl });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}
