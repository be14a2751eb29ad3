import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { JobQueues, type JobQueuesConfig } from '../src/job-queues.js';
import { shardQueueName } from '../src/queue-name.js';
import { QUEUE_POLICY } from '../src/queue-policy.js';
import type { WatchTimes } from '../src/watched-worker.js';
import { untilIt } from './redis-processes.js';

const REDIS_URL = process.env['TEST_REDIS_URL'];
const config = (namespace: string) => ({ NAMESPACE: namespace, REDIS_URL, REDIS_PORT: 6379, REDIS_DB: 0 });

describe(JobQueues.name, () => {
  let sut: JobQueues;
  const queueName = shardQueueName(`shard-${randomBytes(4).toString('hex')}`);
  let namespace: string;
  const others: JobQueues[] = [];

  beforeEach(async () => {
    if (REDIS_URL === undefined) throw new Error('TEST_REDIS_URL is not set: run `npm run test:medium`, which starts the stores');
    namespace = `t${randomBytes(5).toString('hex')}`;
    sut = new JobQueues(config(namespace));
    await sut.onModuleInit();
  });
  afterEach(async () => {
    await sut.queue('slice', queueName).obliterate({ force: true });
    await Promise.all([sut, ...others.splice(0)].map(stop));
  });

  /** Stops with the test, also when it fails. */
  const another = (over: Partial<JobQueuesConfig> = {}, times?: WatchTimes): JobQueues => {
    const queues = new JobQueues({ ...config(namespace), ...over }, times);
    others.push(queues);
    return queues;
  };

  const stop = async (queues: JobQueues): Promise<void> => {
    await queues.beforeApplicationShutdown();
    await queues.onApplicationShutdown();
  };

  it('runs a slice once, though it was staged twice, and is well', async () => {
    const ran: string[] = [];
    let done = (): void => undefined;
    const finished = new Promise<void>((resolve) => (done = resolve));
    sut.createWorker('slice', queueName, (job) => {
      ran.push(job.id ?? '');
      if (job.name === 'last') done();
      return Promise.resolve();
    });

    const queue = sut.queue('slice', queueName);
    await queue.add('slice', {}, { jobId: 'main-20261122-0600-shard-1-7' });
    await queue.add('slice', {}, { jobId: 'main-20261122-0600-shard-1-7' });
    await queue.add('last', {}, { delay: 50 });
    await finished;

    expect(ran.filter((id) => id === 'main-20261122-0600-shard-1-7')).toHaveLength(1);
    await expect(sut.ping()).resolves.toBeUndefined();
    expect(() => sut.assertConsuming()).not.toThrow();
  });

  it('tells operators what lies in a queue and how Redis is', async () => {
    await sut.queue('slice', queueName).add('slice', {});
    await sut.queue('slice', queueName).add('slice', {}, { delay: 60_000 });

    await expect(sut.counts('slice', queueName)).resolves.toEqual({
      queue: queueName,
      jobs: { waiting: 1, delayed: 1, active: 0, completed: 0, failed: 0 },
      paused: false,
    });
    await expect(sut.health()).resolves.toMatchObject({ role: 'master', maxmemoryPolicy: 'noeviction', concerns: [] });
  });

  it('does not let an operator wait for a Redis that is away', async () => {
    const lost = another({ REDIS_URL: 'redis://127.0.0.1:1' });

    await expect(lost.health()).rejects.toThrow(/^Redis is /);
    await expect(lost.counts('slice', queueName)).rejects.toThrow(/^Redis is /);
  });

  it('keeps every key under one hash slot of its namespace, and payloads out of another namespace', async () => {
    const other = another({ NAMESPACE: `x${randomBytes(5).toString('hex')}` });
    await sut.queue('slice', queueName).add('slice', {});

    const redis = new Redis(REDIS_URL ?? '');
    const keys = await redis.keys(`*${namespace}*`);
    await redis.quit();

    expect(keys.length).toBeGreaterThan(0);
    expect(keys.every((key) => key.startsWith(`{${namespace}.${queueName}}:`))).toBe(true);
    await expect(other.queue('slice', queueName).getWaitingCount()).resolves.toBe(0);
  });

  it('waits for the job in hand when it stops', async () => {
    const ended: string[] = [];
    let started = (): void => undefined;
    const running = new Promise<void>((resolve) => (started = resolve));
    const queues = another();
    queues.createWorker('slice', queueName, async () => {
      started();
      await new Promise((resolve) => setTimeout(resolve, 100));
      ended.push('job');
    });
    await sut.queue('slice', queueName).add('slice', {});
    await running;

    await stop(queues);

    expect(ended).toEqual(['job']);
  });

  it('proves between mornings that jobs are taken, and says so when they no longer are', async () => {
    const queues = another({}, { patienceMs: 300, canaryEveryMs: 1_000, lookEveryMs: 100 });
    const ran: string[] = [];
    const worker = queues.createWorker('slice', queueName, (job) => Promise.resolve(void ran.push(job.name)));
    const taken = (): Promise<number> => new Promise((resolve) => worker.once('completed', (job) => resolve(job.timestamp)));

    const first = await taken();
    expect(await taken()).toBeGreaterThan(first);
    expect(ran).toEqual([]); // a canary is nobody's work
    expect(() => queues.assertConsuming()).not.toThrow();

    // What no error tells of: connected, running, and never again taking a job.
    await queues.queue('slice', queueName).setGlobalConcurrency(0);
    jest.spyOn(worker, 'isPaused').mockReturnValue(false);
    await untilIt(() => expect(() => queues.assertConsuming()).toThrow(queueName));
  }, 20_000);

  it('still says so after a job in hand was lost with what Redis held', async () => {
    const queues = another({}, { patienceMs: 300, canaryEveryMs: 60_000, lookEveryMs: 100 });
    let begin = (): void => undefined;
    let end = (): void => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const mayEnd = new Promise<void>((resolve) => (end = resolve));
    const worker = queues.createWorker('slice', queueName, () => {
      begin();
      return mayEnd;
    });
    const forgotten = new Promise((resolve) => worker.on('error', resolve));
    const queue = sut.queue('slice', queueName);
    await queue.add('slice', {});
    await begun;

    const redis = new Redis(REDIS_URL ?? '');
    await redis.del(...(await redis.keys(`*${namespace}*`)));
    await redis.quit();
    end();
    await forgotten; // BullMQ finds no job to complete, and tells of no end
    await queue.setGlobalConcurrency(0);
    jest.spyOn(worker, 'isPaused').mockReturnValue(false);
    await queue.add('slice', {});

    await untilIt(() => expect(() => queues.assertConsuming()).toThrow(queueName));
  }, 20_000);

  it('lets no flood of jobs through, and needs no limiter of the worker for it', async () => {
    const { atMost } = QUEUE_POLICY.slice;
    const atMs: number[] = [];
    const all = 100;
    const done = new Promise<void>((resolve) => {
      void sut
        .queue('slice', queueName)
        .addBulk(Array.from({ length: all }, (_, i) => ({ name: 'slice', data: {}, opts: { jobId: `flood-${i}` } })))
        .then(() =>
          sut.createWorker('slice', queueName, () => {
            atMs.push(performance.now());
            if (atMs.length === all) resolve();
            return Promise.resolve();
          }),
        );
    });

    await done;

    // A fixed window lets two of its fills meet at a border, no more.
    const most = Math.max(...atMs.map((from) => atMs.filter((at) => at >= from && at - from < atMost.withinMs).length));
    expect(most).toBeLessThanOrEqual(2 * atMost.jobs);
    expect((atMs.at(-1) as number) - (atMs[0] as number)).toBeGreaterThanOrEqual((all / atMost.jobs - 2) * atMost.withinMs);
  }, 20_000);

  it('gives a job to the next worker when its own dies', async () => {
    const dying = another();
    let taken = (): void => undefined;
    const active = new Promise<void>((resolve) => (taken = resolve));
    const dead = dying.createWorker('slice', queueName, () => {
      taken();
      return new Promise<void>(() => undefined); // never returns, and below never renews its lock again
    });
    await sut.queue('slice', queueName).add('slice', {});
    await active;
    await dead.close(true);

    const rerun = new Promise<void>((resolve) => {
      sut.createWorker('slice', queueName, () => Promise.resolve(resolve()));
    });

    await rerun; // after lockDuration and a stalled check: about 13 s
  }, 30_000);
});
