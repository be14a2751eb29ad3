import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import type { FaultContext } from './context.js';

/** The simulator plays Meta: it has the numbers, and its log is not ours. */
const NOT_OURS = /cloud-api-simulator/;
/** How a number is written: with or without plus. */
const NUMBER = /91[6-9]\d{9}/g;
/** A wamid has the number in it. */
const WAMID = /wamid\.[A-Za-z0-9+/=_-]{20,}/;
const SCAN_COUNT = 500;
const READ_WITHIN_MS = 30_000;

/** Where a phone number, a wamid or a secret lies in clear: logs, tables, Redis, Kafka (dead letters among it). Says where, never what. */
export async function leaksOf(context: FaultContext): Promise<string[]> {
  const isLeak = detectorOf(context);
  const found = [
    ...(await inLogs(context, isLeak)),
    ...(await inTables(context, isLeak)),
    ...(await inRedis(context, isLeak)),
    ...(await inKafka(context, isLeak)),
  ];
  return [...new Set(found)];
}

type Detector = (text: string) => string | undefined;

function detectorOf(context: FaultContext): Detector {
  const numbers = new Set(context.morning.advisors.map((advisor) => advisor.phoneNumber.slice(1)));
  const { env } = context.services;
  const secrets = ['CLOUD_API_TOKEN', 'CLOUD_API_APP_SECRET', 'WEBHOOK_APP_SECRETS', 'ADDRESS_PEPPER'].map((name) => env[name] ?? '');
  return (text) => {
    if ([...text.matchAll(NUMBER)].some(([number]) => numbers.has(number))) return 'a phone number';
    if (WAMID.test(text)) return 'a wamid';
    return secrets.some((secret) => secret.length > 8 && text.includes(secret)) ? 'a secret' : undefined;
  };
}

async function inLogs(context: FaultContext, isLeak: Detector): Promise<string[]> {
  const dir = join(context.morning.options.outDir, 'logs');
  const files = (await readdir(dir)).filter((file) => !NOT_OURS.test(file));
  if (files.length === 0) throw new Error('there are no logs to look into');
  const texts = await Promise.all(files.map((file) => readFile(join(dir, file), 'utf8')));
  return texts.flatMap((text, i) => told(isLeak(text), `the log ${files[i]}`));
}

async function inTables(context: FaultContext, isLeak: Detector): Promise<string[]> {
  const found: string[] = [];
  for (const service of ['ingest', 'scheduler', 'sender', 'template-manager', 'quality-monitor', 'sla-tracker']) {
    const tables = await context.sql<{ name: string }>(
      service,
      `select quote_ident(table_name) as name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE'`,
    );
    for (const { name } of tables) {
      const rows = await context.sql<{ row: string }>(
        service,
        `select t::text as row from ${name} t where t::text ~ '91[6-9][0-9]{9}|wamid\\.[A-Za-z0-9]'`,
      );
      for (const { row } of rows) found.push(...told(isLeak(row), `the table ${service}.${name}`));
    }
  }
  return found;
}

async function inRedis(context: FaultContext, isLeak: Detector): Promise<string[]> {
  const redis = new Redis(context.stack.redisUrl, { maxRetriesPerRequest: 2 });
  const found: string[] = [];
  try {
    let cursor = '0';
    do {
      const [next, keys] = await redis.scan(cursor, 'COUNT', SCAN_COUNT);
      cursor = next;
      for (const key of keys.filter((name) => name.includes(context.morning.options.namespace)))
        found.push(...told(isLeak(`${key} ${JSON.stringify(await valueOf(redis, key))}`), 'Redis'));
    } while (cursor !== '0');
  } finally {
    redis.disconnect();
  }
  return found;
}

async function valueOf(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'string':
      return redis.get(key);
    case 'hash':
      return redis.hgetall(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, '0', '-1');
    case 'stream':
      return redis.xrange(key, '-', '+');
    default:
      return undefined; // gone in between
  }
}

/** Every record of every topic of the run, from the beginning to where it ends now. */
async function inKafka(context: FaultContext, isLeak: Detector): Promise<string[]> {
  const { namespace } = context.morning.options;
  const kafka = new Kafka({ clientId: 'witness', brokers: context.stack.kafkaBrokers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const consumer = kafka.consumer({ groupId: `${namespace}.witness-${process.pid}` });
  const found: string[] = [];
  try {
    await admin.connect();
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(`${namespace}.`));
    const ends = new Map<string, bigint>();
    for (const topic of topics) {
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
        if (BigInt(high) > BigInt(low)) ends.set(`${topic}/${partition}`, BigInt(high) - 1n);
    }
    await consumer.connect();
    await consumer.subscribe({ topics, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        for (const { key, value, headers } of batch.messages) {
          const text = [key, value, ...Object.values(headers ?? {})].map((part) => part?.toString('latin1') ?? '').join(' ');
          found.push(...told(isLeak(text), `the topic ${batch.topic}`));
        }
        const place = `${batch.topic}/${batch.partition}`;
        if (BigInt(batch.lastOffset()) >= (ends.get(place) ?? 0n)) ends.delete(place);
      },
    });
    await context.until('all of Kafka is read', () => ends.size === 0, READ_WITHIN_MS);
  } finally {
    await consumer.disconnect();
    await admin.disconnect();
  }
  return found;
}

const told = (leak: string | undefined, where: string): string[] => (leak === undefined ? [] : [`${leak} lies in ${where}`]);
