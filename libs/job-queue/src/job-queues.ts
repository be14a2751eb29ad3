import { redisAddressOf, type RedisAddress, type RedisConfig } from '@daybreak/config';
import { reasonOf, within } from '@daybreak/kernel';
import { Logger, type BeforeApplicationShutdown, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Queue, Worker, type Job, type Processor } from 'bullmq';
import { BullMQOtel } from 'bullmq-otel';
import { Cluster, type Redis } from 'ioredis';
import { openRedis } from './open-redis.js';
import { prefixOf } from './queue-name.js';
import { QUEUE_POLICY, type QueueKind } from './queue-policy.js';
import { assertNoEviction, EvictingRedisError } from './redis-policy.js';
import { readRedisHealth, type RedisHealth } from './redis-health.js';
import { isCanary, JobsInHand, WatchedWorker, type WatchTimes } from './watched-worker.js';

/** What the queues read of a service's configuration: `commonConfig` and `redisConfig`. */
export interface JobQueuesConfig extends RedisConfig {
  readonly NAMESPACE: string;
}

/** What waits for Redis waits for as long as it takes. */
const WAITS = { maxRetriesPerRequest: null };

const FIRST_CONTACT_MS = 3_000;
const WATCH_TIMES: WatchTimes = { patienceMs: 30_000, canaryEveryMs: 30_000, lookEveryMs: 5_000 };
const ANSWER_MS = 2_000;

/** What lies in a queue. */
export interface QueueCounts {
  readonly queue: string;
  /** By state: waiting, active, delayed, completed, failed. */
  readonly jobs: Readonly<Record<string, number>>;
  readonly paused: boolean;
}

/** The process's BullMQ queues and workers. Made in code, not by decorators: shards are data, and decorators run before there is a configuration. */
export class JobQueues implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger(JobQueues.name);
  private readonly connection: Redis | Cluster;
  private readonly queues = new Map<string, Queue>();
  private readonly limits: (() => void)[] = [];
  private readonly watched = new Set<WatchedWorker>();
  private readonly telemetry = new BullMQOtel({ tracerName: 'daybreak' });
  private readonly watching: NodeJS.Timeout;
  private eviction: EvictingRedisError | undefined;

  constructor(
    private readonly config: JobQueuesConfig,
    private readonly times: WatchTimes = WATCH_TIMES,
  ) {
    this.connection = openRedis(config, WAITS);
    this.connection.on('error', (error: Error) => this.logger.warn(`Redis: ${error.message}`));
    this.connection.on('ready', () => void this.checkPolicy());
    this.watching = setInterval(() => void this.watch(), times.lookEveryMs).unref();
  }

  /**
   * Refuses to start on a Redis that may evict. A Redis that does not answer is no reason not to start: it only wakes up what the
   * database knows; the policy is then looked at on first contact, and `ping` tells.
   */
  async onModuleInit(): Promise<void> {
    await Promise.race([this.checkPolicy(), new Promise((resolve) => setTimeout(resolve, FIRST_CONTACT_MS).unref())]);
    if (this.eviction !== undefined) throw this.eviction;
  }

  /** The queue of this kind and name; the same object for the same name. */
  queue<D = unknown>(kind: QueueKind, name: string): Queue<D> {
    let queue = this.queues.get(name);
    if (queue === undefined) {
      queue = new Queue(name, {
        connection: this.connection,
        prefix: prefixOf(this.config.NAMESPACE, name),
        defaultJobOptions: QUEUE_POLICY[kind].job,
        telemetry: this.telemetry,
        streams: { events: { maxLen: 1_000 } }, // nobody reads them
      });
      queue.on('error', (error) => this.logger.warn(`queue ${name}: ${error.message}`));
      this.queues.set(name, queue);
      this.limit(kind, queue);
    }
    return queue as Queue<D>;
  }

  /** Starts working off a queue. Close the worker to hand the queue over; the rest close when the service stops. */
  createWorker<D = unknown>(kind: QueueKind, name: string, processor: (job: Job<D>, signal?: AbortSignal) => Promise<void>): Worker<D> {
    const { concurrency, lockDuration, stalledInterval, maxStalledCount } = QUEUE_POLICY[kind];
    const connection = this.workerConnection();
    const inHand = new JobsInHand();
    const processing = (job: Job<D>, _token?: string, signal?: AbortSignal): Promise<void> =>
      inHand.during(job, () => (isCanary(job) ? Promise.resolve() : processor(job, signal)));
    const worker = new Worker<D>(name, processing as Processor<D>, {
      connection,
      prefix: prefixOf(this.config.NAMESPACE, name),
      telemetry: this.telemetry,
      concurrency,
      lockDuration,
      stalledInterval,
      maxStalledCount,
    });
    worker.on('error', (error) => this.logger.warn(`worker of ${name}: ${error.message}`));
    worker.on('failed', (job, error) => this.logger.error(`job ${job?.id ?? 'without id'} of ${name} failed: ${error.message}`));
    const watched = new WatchedWorker(worker as Worker, this.queue<unknown>(kind, name), inHand, this.times);
    this.watched.add(watched);
    worker.on('closed', () => {
      this.watched.delete(watched);
      if (connection instanceof Cluster) connection.disconnect();
    });
    return worker;
  }

  /** For readiness: Redis answers, and keeps what it is given. */
  async ping(): Promise<void> {
    if (this.eviction !== undefined) throw this.eviction;
    if (this.connection.status !== 'ready') throw new Error(`Redis is ${this.connection.status}`);
    await this.connection.ping();
  }

  /** For operators. Throws when Redis does not answer soon. */
  async health(): Promise<RedisHealth> {
    return this.soon(() => readRedisHealth(this.connection));
  }

  /** Jobs of a queue by state, for operators. Throws when Redis does not answer soon. */
  async counts(kind: QueueKind, name: string): Promise<QueueCounts> {
    return this.soon(async () => {
      const queue = this.queue(kind, name);
      const [jobs, paused] = await Promise.all([
        queue.getJobCounts('waiting', 'active', 'delayed', 'completed', 'failed'),
        queue.isPaused(),
      ]);
      return { queue: name, jobs, paused };
    });
  }

  /** For liveness: throws when jobs wait beside a worker that has stopped taking any. Asks nothing of Redis. */
  assertConsuming(): void {
    for (const watched of this.watched) {
      if (watched.isDead(performance.now())) throw new Error(`the worker of ${watched.name} takes no jobs although some wait`);
    }
  }

  /** Waits for the jobs in hand. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.watching);
    await Promise.all([...this.watched].map(({ worker }) => worker.close()));
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.queues.values()].map((queue) => queue.close()));
    this.connection.disconnect();
  }

  /** Commands wait for a Redis that is away, for ever: a person does not. */
  private async soon<T>(ask: () => Promise<T>): Promise<T> {
    if (this.connection.status !== 'ready') throw new Error(`Redis is ${this.connection.status}`);
    return within(ANSWER_MS, ask());
  }

  /** A connection of its own for each worker: it blocks while it waits for jobs. A cluster BullMQ does not open by itself. */
  private workerConnection(): Cluster | (RedisAddress & typeof WAITS) {
    const cluster = this.config.REDIS_CLUSTER === true ? openRedis(this.config, WAITS) : undefined;
    return cluster instanceof Cluster ? cluster : { ...redisAddressOf(this.config), ...WAITS };
  }

  private async watch(): Promise<void> {
    if (this.connection.status !== 'ready') return; // a Redis that is away says nothing about the workers
    for (const say of this.limits) say();
    for (const watched of this.watched) {
      await watched
        .look(performance.now())
        .catch((error: unknown) => this.logger.warn(`queue ${watched.name} could not be watched: ${reasonOf(error)}`));
    }
  }

  /** Kept in Redis, which may be emptied, and so said again and again. */
  private limit(kind: QueueKind, queue: Queue): void {
    const { atMost } = QUEUE_POLICY[kind];
    if (atMost === null) return;
    const say = (): void =>
      void queue
        .setGlobalRateLimit(atMost.jobs, atMost.withinMs)
        .catch((error: unknown) => this.logger.warn(`queue ${queue.name} could not be limited: ${reasonOf(error)}`));
    say();
    this.limits.push(say);
  }

  private async checkPolicy(): Promise<void> {
    try {
      await assertNoEviction(this.connection);
      this.eviction = undefined;
    } catch (error) {
      if (error instanceof EvictingRedisError) this.eviction = error;
      this.logger.error(reasonOf(error));
    }
  }
}
