import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { schemaNameOf } from '@daybreak/database';
import { Redis } from 'ioredis';
import { tameTimers } from '@daybreak/event-bus';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { SERVICES, type Morning } from './morning.js';
import type { SpanSink } from './span-sink.js';

/** The simulator plays Meta: it has the numbers, and its log is not ours. */
const NOT_OURS = /cloud-api-simulator/;
/** How a number is written: with or without plus. */
const NUMBER = /91[6-9]\d{9}/g;
/** A wamid has the number in it. */
const WAMID = /wamid\.[A-Za-z0-9+/=_-]{20,}/;
const SECRETS = ['CLOUD_API_TOKEN', 'CLOUD_API_APP_SECRET', 'WEBHOOK_APP_SECRETS', 'WEBHOOK_VERIFY_TOKEN', 'ADDRESS_PEPPER'];
const SCAN_COUNT = 500;
const READ_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 100;

/** Where a phone number, a wamid or a secret lies in clear: logs, spans, tables, Redis, Kafka (dead letters among it). Says where, never what. */
export async function leaksOf(morning: Morning, spans?: SpanSink): Promise<string[]> {
  const isLeak = detectorOf(morning);
  const found = [
    ...(await inLogs(morning, isLeak)),
    ...(spans?.received ?? []).flatMap((request) => told(isLeak(request), 'a span')),
    ...(await inTables(morning, isLeak)),
    ...(await inRedis(morning, isLeak)),
    ...(await inKafka(morning, isLeak)),
  ];
  return [...new Set(found)];
}

type Detector = (text: string) => string | undefined;

function detectorOf({ advisors, services }: Morning): Detector {
  const numbers = new Set(advisors.map((advisor) => advisor.phoneNumber.slice(1)));
  const secrets = SECRETS.map((name) => services.env[name] ?? '').filter((secret) => secret.length > 8);
  return (text) => {
    if ([...text.matchAll(NUMBER)].some(([number]) => numbers.has(number))) return 'a phone number';
    if (WAMID.test(text)) return 'a wamid';
    return secrets.some((secret) => text.includes(secret)) ? 'a secret' : undefined;
  };
}

async function inLogs({ options }: Morning, isLeak: Detector): Promise<string[]> {
  const dir = join(options.outDir, 'logs');
  const files = (await readdir(dir)).filter((file) => !NOT_OURS.test(file));
  if (files.length === 0) throw new Error('there are no logs to look into');
  const texts = await Promise.all(files.map((file) => readFile(join(dir, file), 'utf8')));
  return texts.flatMap((text, i) => told(isLeak(text), `the log ${files[i]}`));
}

async function inTables({ stack, options }: Morning, isLeak: Detector): Promise<string[]> {
  const client = new pg.Client({ connectionString: stack.databaseUrl });
  const found: string[] = [];
  await client.connect();
  try {
    const schemas = SERVICES.map((service) => schemaNameOf(service, options.namespace));
    const tables = await client.query<{ schema: string; name: string }>(
      `select quote_ident(table_schema) as schema, quote_ident(table_name) as name from information_schema.tables
       where table_schema = any($1) and table_type = 'BASE TABLE'`,
      [schemas],
    );
    if (tables.rows.length === 0) throw new Error('there are no tables to look into');
    for (const { schema, name } of tables.rows) {
      const { rows } = await client.query<{ row: string }>(
        `select t::text as row from ${schema}.${name} t where t::text ~ '91[6-9][0-9]{9}|wamid\\.[A-Za-z0-9]'`,
      );
      for (const { row } of rows) found.push(...told(isLeak(row), `the table ${schema}.${name}`));
    }
  } finally {
    await client.end();
  }
  return found;
}

async function inRedis({ stack, options }: Morning, isLeak: Detector): Promise<string[]> {
  const redis = new Redis(stack.redisUrl, { maxRetriesPerRequest: 2 });
  const found: string[] = [];
  try {
    let cursor = '0';
    do {
      const [next, keys] = await redis.scan(cursor, 'COUNT', SCAN_COUNT);
      cursor = next;
      for (const key of keys.filter((name) => name.includes(options.namespace)))
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
async function inKafka({ stack, options }: Morning, isLeak: Detector): Promise<string[]> {
  const { namespace } = options;
  tameTimers();
  const kafka = new Kafka({ clientId: 'witness', brokers: stack.kafkaBrokers.split(','), logLevel: logLevel.NOTHING });
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
    const giveUpAtMs = performance.now() + READ_WITHIN_MS;
    while (ends.size > 0) {
      if (performance.now() > giveUpAtMs) throw new Error(`Kafka was not read to its end within ${READ_WITHIN_MS / 1_000} s`);
      await sleep(LOOK_EVERY_MS);
    }
  } finally {
    await consumer.disconnect();
    await admin.disconnect();
  }
  return found;
}

const told = (leak: string | undefined, where: string): string[] => (leak === undefined ? [] : [`${leak} lies in ${where}`]);
