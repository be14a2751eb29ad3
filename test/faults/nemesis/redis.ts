import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { FaultContext } from '../context.js';

/* What can happen to the queues' store. Each proves that there was still somebody to send to. */

export async function emptyRedis(context: FaultContext): Promise<void> {
  const keys = await withRedis(context, async (redis) => {
    const before = await redis.dbsize();
    await redis.flushall();
    return before;
  });
  await bites(context, `Redis was emptied of ${keys} keys`, keys > 0);
}

export async function killRedis(context: FaultContext): Promise<void> {
  await context.stack.redis.kill();
  await context.realSeconds(1);
  await context.stack.redis.restart();
  await bites(context, 'Redis was killed and came back after 1 s');
}

/** The end of its append-only file is lost, as when the machine dies between two fsyncs. */
export async function cutRedisFile(context: FaultContext): Promise<void> {
  const home = await withRedis(context, async (redis) => (await redis.config('GET', 'dir'))[1] ?? '');
  await context.stack.redis.kill();
  const folder = join(home, 'appendonlydir');
  const file = join(
    folder,
    readdirSync(folder)
      .filter((name) => name.endsWith('.incr.aof'))
      .sort()
      .at(-1) ?? '',
  );
  const { size } = statSync(file);
  truncateSync(file, Math.floor(size / 2));
  await context.stack.redis.restart();
  await bites(context, `Redis lost the last ${size - Math.floor(size / 2)} bytes of its file`, size > 0);
}

export async function stallRedis(context: FaultContext, seconds: number): Promise<void> {
  await context.stack.redis.pause();
  const before = (await context.postedTo()).size;
  await context.realSeconds(seconds);
  const during = (await context.postedTo()).size - before;
  await context.stack.redis.resume();
  await bites(context, `Redis answered nobody for ${seconds} s, in which ${during} messages were sent all the same`);
  context.demand('sending goes on while Redis is away', during > 0);
}

export async function fillRedis(context: FaultContext, seconds: number): Promise<void> {
  await withRedis(context, (redis) => redis.config('SET', 'maxmemory', '1mb'));
  const refuses = (await redisSays(context)) !== 'OK';
  await context.realSeconds(seconds);
  await withRedis(context, (redis) => redis.config('SET', 'maxmemory', '0'));
  await bites(context, `Redis was out of memory for ${seconds} s`, refuses);
}

/** What Redis says to who writes so many bytes: `OK`, or why not. */
export function redisSays(context: FaultContext, bytes = 1): Promise<string> {
  return withRedis(context, (redis) =>
    redis
      .set('daybreak-fault-probe', 'x'.repeat(bytes))
      .catch((error: unknown) => (error instanceof Error ? error.message : String(error))),
  );
}

/** It struck if there was still somebody to send to. */
async function bites(context: FaultContext, what: string, struck = true): Promise<void> {
  const waiting = await context.deliveries(['QUEUED', 'CLAIMED']);
  context.bit(`${what}; ${waiting} deliveries were still to go`, struck && waiting > 0);
}

async function withRedis<T>(context: FaultContext, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(context.stack.redisUrl, { maxRetriesPerRequest: 20 });
  redis.on('error', () => undefined);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}
