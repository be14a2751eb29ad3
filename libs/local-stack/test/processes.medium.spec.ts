import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { startStack, type Stack } from '../src/index.js';

const START_MS = 120_000; // two stacks at once, on a machine that runs other tests

describe('a stack of local processes', () => {
  let ours: Stack;
  let theirs: Stack;

  beforeAll(async () => {
    [ours, theirs] = await Promise.all([startStack({ key: 'processes', env: {} }), startStack({ key: 'processes', env: {} })]);
  }, START_MS);

  afterAll(async () => {
    await Promise.all([ours?.stop(), theirs?.stop()]);
  }, 30_000);

  it('does not meet the one beside it', async () => {
    const addresses = [ours, theirs].flatMap((stack) => [stack.databaseUrl, stack.redisUrl, stack.kafkaBrokers].map(portOf));
    expect(new Set(addresses).size).toBe(6);

    await withSql(ours, 'create table only_ours ()');
    await withRedis(ours, (redis) => redis.set('only', 'ours'));
    await withKafka(ours, (admin) => admin.createTopics({ topics: [{ topic: 'only-ours', numPartitions: 1 }] }));

    await expect(withSql(theirs, 'table only_ours')).rejects.toThrow(/does not exist/);
    await expect(withRedis(theirs, (redis) => redis.get('only'))).resolves.toBeNull();
    await expect(withKafka(theirs, (admin) => admin.listTopics())).resolves.not.toContain('only-ours');
  });

  it('refuses a client that was meant for another one', async () => {
    const stranger = new URL(ours.databaseUrl);
    stranger.password = new URL(theirs.databaseUrl).password;

    await expect(withSql({ databaseUrl: stranger.href }, 'select 1')).rejects.toThrow(/password authentication failed/);
  });

  it('keeps what it was told to keep: honest durability, nothing evicted, no topic by a typo', async () => {
    const settings = await withSql(
      ours,
      `select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes') order by 1`,
    );
    expect(settings).toEqual(['fsync', 'full_page_writes', 'synchronous_commit'].map((name) => ({ name, setting: 'on' })));

    await withRedis(ours, async (redis) => {
      expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
      expect(await redis.config('GET', 'append*')).toEqual(expect.arrayContaining(['appendonly', 'yes', 'appendfsync', 'everysec']));
    });

    const producer = kafkaOf(ours).producer({ allowAutoTopicCreation: true });
    await producer.connect();
    await expect(producer.send({ topic: 'a-typo', messages: [{ value: 'x' }] })).rejects.toThrow(/does not host this topic-partition/);
    await producer.disconnect();
  });

  it('leaves no trace of how it looked whether Kafka was ready', async () => {
    await withKafka(ours, async (admin) => {
      expect((await admin.listTopics()).filter((topic) => topic.startsWith('local-stack'))).toEqual([]);
      expect((await admin.listGroups()).groups).toEqual([]);
    });
  });

  it.each(['postgres', 'redis', 'kafka'] as const)(
    '%s comes back on the same address with its data after kill -9',
    async (name) => {
      await withSql(ours, 'create table if not exists survives ()');
      await withRedis(ours, (redis) => redis.set('survives', 'yes'));
      await withKafka(ours, (admin) => admin.createTopics({ topics: [{ topic: 'survives', numPartitions: 1 }] }));

      await ours[name].kill();
      await expect(reach(ours, name)).rejects.toThrow();
      await ours[name].restart();

      await expect(withSql(ours, 'table survives')).resolves.toEqual([]);
      await expect(withRedis(ours, (redis) => redis.get('survives'))).resolves.toBe('yes');
      await expect(withKafka(ours, (admin) => admin.listTopics())).resolves.toContain('survives');
    },
    60_000,
  );

  it('a paused store answers nobody, and goes on when it is resumed', async () => {
    const client = new pg.Client({ connectionString: ours.databaseUrl });
    await client.connect();
    await ours.postgres.pause();
    const answer = client.query('select 1 as one');

    await expect(Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 500, 'silence'))])).resolves.toBe('silence');
    await ours.postgres.resume();

    expect((await answer).rows).toEqual([{ one: 1 }]);
    await client.end();
  });

  it('is one of several keys: what the environment names is used and never touched, the rest is opened', async () => {
    const env = { DATABASE_URL: ours.databaseUrl, KAFKA_BROKERS: ours.kafkaBrokers };

    const mixed = await startStack({ key: 'processes', env });

    expect([mixed.key, mixed.postgres.key, mixed.redis.key, mixed.kafka.key]).toEqual([
      'processes',
      'environment',
      'processes',
      'environment',
    ]);
    await expect(mixed.postgres.kill()).rejects.toThrow(/DATABASE_URL.*not this stack's/);
    await mixed.stop();
    await expect(reach(ours, 'postgres')).resolves.toBeDefined();
    await expect(reach(mixed, 'redis')).rejects.toThrow();
  }, 30_000);

  it('is not started when the environment names all three', async () => {
    const { hostname, port, password } = new URL(ours.redisUrl);
    const env = {
      DATABASE_URL: ours.databaseUrl,
      KAFKA_BROKERS: ours.kafkaBrokers,
      REDIS_HOST: hostname,
      REDIS_PORT: port,
      REDIS_PASSWORD: password,
    };

    const stack = await startStack({ env });

    expect(stack.key).toBe('environment');
    expect(stack.redisUrl).toBe(ours.redisUrl);
    await stack.stop();
  });

  it(
    'is gone when stopped',
    async () => {
      const stack = await startStack({ key: 'processes', env: {} });

      await stack.stop();

      for (const name of ['postgres', 'redis', 'kafka'] as const) await expect(reach(stack, name)).rejects.toThrow();
    },
    START_MS,
  );
});

const portOf = (address: string): string => /:(\d+)(\/|$)/.exec(address)?.[1] ?? '';

type Addresses = Pick<Stack, 'databaseUrl' | 'redisUrl' | 'kafkaBrokers'>;

const reach = (stack: Addresses, name: 'postgres' | 'redis' | 'kafka'): Promise<unknown> =>
  ({
    postgres: () => withSql(stack, 'select 1'),
    redis: () => withRedis(stack, (r) => r.ping()),
    kafka: () => withKafka(stack, (a) => a.describeCluster()),
  })[name]();

async function withSql(stack: Pick<Stack, 'databaseUrl'>, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: stack.databaseUrl, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function withRedis<T>(stack: Pick<Stack, 'redisUrl'>, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(stack.redisUrl, { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined); // the rejected call says it
  try {
    await redis.connect();
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

const kafkaOf = (stack: Pick<Stack, 'kafkaBrokers'>): Kafka =>
  new Kafka({
    clientId: 'test',
    brokers: stack.kafkaBrokers.split(','),
    logLevel: logLevel.NOTHING,
    retry: { retries: 2, initialRetryTime: 50 },
  });

async function withKafka<T>(stack: Pick<Stack, 'kafkaBrokers'>, use: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
  const admin = kafkaOf(stack).admin();
  try {
    await admin.connect();
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}
