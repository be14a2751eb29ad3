import { redisAddressOf, type RedisAddress, type RedisConfig } from '@daybreak/config';
import { metrics } from '@daybreak/observability';
import { Logger, type BeforeApplicationShutdown, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Queue, Worker, type Job, type Processor } from 'bullmq';
import { BullMQOtel } from 'bullmq-otel';
import { Redis } from 'ioredis';
import { prefixOf } from './queue-name.js';
import { QUEUE_POLICY, type QueueKind } from './queue-policy.js';
import { assertNoEviction, EvictingRedisError } from './redis-policy.js';
import { readRedisHealth, type RedisHealth } from './redis-health.js';
import { Watchdog } from './watchdog.js';

/** What the queues read of a service's configuration: `commonConfig` and `redisConfig`. */
export interface JobQueuesConfig extends RedisConfig {
  readonly NAMESPACE: string;
}

const FIRST_CONTACT_MS = 3_000;
const WATCH_MS = 5_000;
const PATIENCE_MS = 30_000;
const ANSWER_MS = 2_000;

/** What lies in a queue. */
export interface QueueCounts {
  readonly queue: string;
  /** By state: waiting, active, delayed, completed, failed. */
  readonly jobs: Readonly<Record<string, number>>;
  readonly paused: boolean;
}

interface Watched {
  readonly worker: Worker;
  readonly queue: Queue;
  readonly watchdog: Watchdog;
  active: number;
}

/** The process's BullMQ queues and workers. Made in code, not by decorators: shards are data, and decorators run before there is a configuration. */
export class JobQueues implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger(JobQueues.name);
  private readonly address: RedisAddress;
  private readonly connection: Redis;
  private readonly queues = new Map<string, Queue>();
  private readonly watched = new Set<Watched>();
  private readonly telemetry = new BullMQOtel({ tracerName: 'daybreak' });
  private readonly watching: NodeJS.Timeout;
  private eviction: EvictingRedisError | undefined;

  constructor(private readonly config: JobQueuesConfig) {
    this.address = redisAddressOf(config);
    this.connection = new Redis({ ...this.address, maxRetriesPerRequest: null });
    this.connection.on('error', (error: Error) => this.logger.warn(`Redis: ${error.message}`));
    this.connection.on('ready', () => void this.checkPolicy());
    this.watching = setInterval(() => void this.watch(), WATCH_MS).unref();
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
    }
    return queue as Queue<D>;
  }

  /** Starts working off a queue. Close the worker to hand the queue over; the rest close when the service stops. */
  createWorker<D = unknown>(kind: QueueKind, name: string, processor: (job: Job<D>, signal?: AbortSignal) => Promise<void>): Worker<D> {
    const { concurrency, lockDuration, stalledInterval, maxStalledCount } = QUEUE_POLICY[kind];
    const worker = new Worker<D>(name, ((job: Job<D>, _token?: string, signal?: AbortSignal) => processor(job, signal)) as Processor<D>, {
      // A connection of its own: it blocks while it waits for jobs.
      connection: { ...this.address, maxRetriesPerRequest: null },
      prefix: prefixOf(this.config.NAMESPACE, name),
      telemetry: this.telemetry,
      concurrency,
      lockDuration,
      stalledInterval,
      maxStalledCount,
    });
    worker.on('error', (error) => this.logger.warn(`worker of ${name}: ${error.message}`));
    worker.on('failed', (job, error) => this.logger.error(`job ${job?.id ?? 'without id'} of ${name} failed: ${error.message}`));
    this.guard({ worker: worker as Worker, queue: this.queue<unknown>(kind, name), watchdog: new Watchdog(PATIENCE_MS), active: 0 });
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
    const queue = this.queue(kind, name);
    const [jobs, paused] = await this.soon(() =>
      Promise.all([queue.getJobCounts('waiting', 'active', 'delayed', 'completed', 'failed'), queue.isPaused()]),
    );
    return { queue: name, jobs, paused };
  }

  /** For liveness: throws when jobs wait beside a worker that has stopped taking any. Asks nothing of Redis. */
  assertConsuming(): void {
    for (const { watchdog, worker } of this.watched) {
      if (watchdog.isDead(performance.now())) throw new Error(`the worker of ${worker.name} takes no jobs although some wait`);
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
    const answer = ask();
    answer.catch(() => undefined); // it may fail long after nobody waits for it
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`Redis did not answer within ${ANSWER_MS} ms`)), ANSWER_MS);
    });
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }

  private guard(watched: Watched): void {
    const { worker, watchdog } = watched;
    this.watched.add(watched);
    worker.on('active', () => {
      watched.active += 1;
      watchdog.pickedUp();
    });
    const done = (): void => void (watched.active -= 1);
    worker.on('completed', done);
    worker.on('failed', done);
    worker.on('closed', () => this.watched.delete(watched));
  }

  private async watch(): Promise<void> {
    if (this.connection.status !== 'ready') return; // a Redis that is away says nothing about the workers
    for (const { worker, queue, watchdog, active } of this.watched) {
      try {
        const counts = await queue.getJobCounts('waiting', 'delayed', 'active', 'failed');
        for (const [state, jobs] of Object.entries(counts)) metrics.queueJobs.set({ queue: queue.name, state }, jobs);
        const running = worker.isRunning() && !worker.isPaused() && !(await queue.isPaused());
        watchdog.observe({ running, active, waiting: counts['waiting'] ?? 0 }, performance.now());
      } catch (error) {
        this.logger.warn(`queue ${queue.name} could not be watched: ${error instanceof Error ? error.message : 'unknown error'}`);
      }
    }
  }

  private async checkPolicy(): Promise<void> {
    try {
      await assertNoEviction(this.connection);
      this.eviction = undefined;
    } catch (error) {
      if (error instanceof EvictingRedisError) this.eviction = error;
      this.logger.error(error instanceof Error ? error.message : 'Redis could not be asked for its policy');
    }
  }
}
