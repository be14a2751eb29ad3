import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { JobQueues, type JobQueuesConfig } from '../src/job-queues.js';
import { openRedis } from '../src/open-redis.js';
import { shardQueueName } from '../src/queue-name.js';
import { RedisProcesses, untilIt } from './redis-processes.js';

const SHARDS = Array.from({ length: 9 }, (_, i) => shardQueueName(`shard-${i + 1}`));

/** Stages a delayed and a due slice for every shard, works all of them off, and returns which jobs ran. */
async function workOff(queues: JobQueues): Promise<string[]> {
  const ran: string[] = [];
  const all = SHARDS.length * 2;
  await new Promise<void>((resolve, reject) => {
    for (const name of SHARDS) {
      queues.createWorker('slice', name, (job) => {
        ran.push(`${name} ${job.id}`);
        if (ran.length === all) resolve();
        return Promise.resolve();
      });
      queues
        .queue('slice', name)
        .addBulk([0, 300].map((delay) => ({ name: 'slice', data: {}, opts: { jobId: `run-${delay}`, delay } })))
        .catch(reject);
    }
  });
  return ran.toSorted();
}

const EVERY_SLICE_ONCE = SHARDS.flatMap((name) => [`${name} run-0`, `${name} run-300`]).toSorted();

describe('queues on every kind of Redis', () => {
  const redis = new RedisProcesses();
  let queues: JobQueues;

  const open = async (config: Partial<JobQueuesConfig>): Promise<void> => {
    queues = new JobQueues({ NAMESPACE: 'kinds', REDIS_PORT: 6379, REDIS_DB: 0, ...config });
    await queues.onModuleInit();
  };
  const close = async (): Promise<void> => {
    await queues.beforeApplicationShutdown();
    await queues.onApplicationShutdown();
  };

  afterAll(() => redis.stop());

  describe('a cluster of three that speaks TLS', () => {
    let ports: number[];
    let ca: string;

    beforeAll(async () => {
      ({ ports, ca } = await redis.cluster());
      await open({ REDIS_CLUSTER: true, REDIS_URL: `rediss://127.0.0.1:${ports[0]}`, REDIS_CA: ca });
    }, 60_000);
    afterAll(() => close());

    it('works off every shard’s slices, and is well', async () => {
      expect(await workOff(queues)).toEqual(EVERY_SLICE_ONCE);
      await expect(queues.ping()).resolves.toBeUndefined();
    }, 30_000);

    it('asks every master how it is, not the one that it happens to reach', async () => {
      const second = new Redis(ports[1] as number, '127.0.0.1', { tls: { ca } });
      await second.config('SET', 'maxmemory-policy', 'allkeys-lru');

      await expect(queues.health()).resolves.toMatchObject({ concerns: [expect.stringContaining(`:${ports[1]}: maxmemory-policy is`)] });
      await second.config('SET', 'maxmemory-policy', 'noeviction');
      second.disconnect();
    });

    it('finds the node of any stream, for those who use Redis for more than queues', async () => {
      const client = openRedis(
        { REDIS_CLUSTER: true, REDIS_URL: `rediss://127.0.0.1:${ports[0]}`, REDIS_CA: ca, REDIS_PORT: 6379, REDIS_DB: 0 },
        { maxRetriesPerRequest: 0, commandTimeout: 1_000, enableOfflineQueue: false },
      );
      await untilIt(() => expect(client.status).toBe('ready'));
      for (let i = 0; i < 9; i++) {
        const results = await client.pipeline().xadd(`stream-${i}`, '*', 'state', 'opted_out').xlen(`stream-${i}`).exec();
        expect(results?.at(-1)).toEqual([null, 1]);
        await client.del(`stream-${i}`);
      }
      client.disconnect();
    });

    it('keeps a shard on one node, and spreads the shards', async () => {
      const nodeOf = new Map<string, Set<number>>();
      for (const port of ports) {
        const node = new Redis(port, '127.0.0.1', { tls: { ca } });
        for (const key of await node.keys('*')) {
          const tag = key.slice(0, key.indexOf('}') + 1);
          nodeOf.set(tag, (nodeOf.get(tag) ?? new Set()).add(port));
        }
        node.disconnect();
      }

      expect([...nodeOf.keys()].toSorted()).toEqual(SHARDS.map((name) => `{kinds.${name}}`).toSorted());
      expect([...nodeOf.values()].every((nodes) => nodes.size === 1)).toBe(true);
      expect(new Set([...nodeOf.values()].flatMap((nodes) => [...nodes])).size).toBe(3);
    });
  });

  describe('a server that speaks TLS', () => {
    let port: number;
    let ca: string;

    beforeAll(async () => {
      ({ port, ca } = await redis.overTls());
    }, 30_000);

    afterEach(() => close());

    it('works off every shard’s slices, if its authority is trusted', async () => {
      await open({ REDIS_URL: `rediss://localhost:${port}`, REDIS_CA: ca });

      expect(await workOff(queues)).toEqual(EVERY_SLICE_ONCE);
    }, 30_000);

    it('is not spoken to if nobody vouches for it', async () => {
      await open({ REDIS_URL: `rediss://localhost:${port}` });

      await expect(queues.ping()).rejects.toThrow(/^Redis is /);
    }, 30_000);
  });
});
