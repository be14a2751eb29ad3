import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { redisAddressOf } from '@daybreak/config';
import { tameTimers } from '@daybreak/event-bus';
import { drop, reasonOf } from '@daybreak/kernel';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';

const POLL_MS = 100;
const CONNECT_TIMEOUT_MS = 2_000;

/** Resolves when PostgreSQL runs a statement. */
export function postgresReady(url: string, signal: AbortSignal): Promise<void> {
  return until(signal, async () => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
    client.on('error', ignoreBrokenConnection);
    try {
      await client.connect();
      await client.query('select 1');
    } finally {
      await client.end();
    }
  });
}

/** Resolves when Redis answers and has loaded its append-only file. */
export function redisReady(url: string, signal: AbortSignal): Promise<void> {
  return until(signal, async () => {
    const { tls, ...address } = redisAddressOf({ REDIS_URL: url, REDIS_PORT: 0, REDIS_DB: 0 });
    const redis = new Redis({
      ...address,
      ...(tls === undefined ? {} : { tls }),
      lazyConnect: true,
      connectTimeout: CONNECT_TIMEOUT_MS,
      retryStrategy: () => null, // our own loop tries again
      maxRetriesPerRequest: 0,
    });
    redis.on('error', ignoreBrokenConnection);
    try {
      await redis.connect();
      await redis.ping();
    } finally {
      redis.disconnect();
    }
  });
}

/** Resolves when the cluster describes itself. For a cluster that is not ours: leaves no trace in it. */
export async function kafkaAnswers(brokers: string, signal: AbortSignal): Promise<void> {
  const admin = kafkaClient(brokers).admin();
  await until(signal, async () => {
    await admin.connect();
    await admin.describeCluster();
  });
  await admin.disconnect();
}

/**
 * Resolves when a producer id was given and a consumer joined a group. For seconds after its port opens, a broker still answers
 * that its coordinators are loading; whoever took the open port for readiness would meet that in the first test.
 * With `clusterId`, a broker of somebody else's that was quicker to take the port is not mistaken for ours.
 */
export async function kafkaReady(brokers: string, signal: AbortSignal, clusterId?: string): Promise<void> {
  await until(signal, () => portOpens(brokers.split(',')[0] ?? ''));
  const kafka = kafkaClient(brokers);
  const admin = kafka.admin();
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  try {
    await within(signal, admin.connect());
    const cluster = await within(signal, admin.describeCluster());
    if (clusterId !== undefined && cluster.clusterId !== clusterId)
      throw drop(`another Kafka cluster answers at ${brokers}: Address already in use`);
    await until(signal, () => admin.createTopics({ topics: [{ topic: PROBE, numPartitions: 1, replicationFactor: 1 }] }));
    // A broker that is slow to learn of the new topic says that it does not host it; another try may know better.
    await within(signal, Promise.all([producer.connect(), until(signal, () => joinOnce(kafka))]));
  } finally {
    await Promise.allSettled([producer.disconnect()]);
    // A member of a try that failed stays in the group until its session ends.
    const patience = AbortSignal.any([signal, AbortSignal.timeout(2 * PROBE_SESSION_MS)]);
    await Promise.allSettled([until(patience, () => admin.deleteGroups([PROBE])), admin.deleteTopics({ topics: [PROBE] })]);
    await admin.disconnect();
  }
}

/** Topic and group of the probe; both are deleted again. */
const PROBE = 'local-stack.ready';
const PROBE_SESSION_MS = 6_000; // the least that a broker allows
const PROBE_FETCH_MS = 100; // a consumer that leaves waits for its last fetch: kafkajs's own default is five seconds

/** Patient: the coordinators' "not available" and "loading" are kafkajs's to retry. 60 tries of at most half a second. */
function kafkaClient(brokers: string): Kafka {
  tameTimers(); // else they run on when all is closed, and a launcher never ends
  return new Kafka({
    clientId: 'local-stack',
    brokers: brokers.split(','),
    logLevel: logLevel.NOTHING,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    retry: { initialRetryTime: POLL_MS, maxRetryTime: 500, retries: 60 },
  });
}

async function joinOnce(kafka: Kafka): Promise<void> {
  const consumer = kafka.consumer({ groupId: PROBE, sessionTimeout: PROBE_SESSION_MS, maxWaitTimeInMs: PROBE_FETCH_MS });
  try {
    await joined(consumer);
  } finally {
    await consumer.disconnect();
  }
}

async function joined(consumer: ReturnType<Kafka['consumer']>): Promise<void> {
  const member = new Promise<void>((resolve, reject) => {
    // Not when it has joined: told to leave at that moment, kafkajs 2.2.4 hears nothing of it, and this process would never end.
    consumer.on(consumer.events.FETCH_START, () => resolve());
    consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
      if (!restart) reject(error); // else kafkajs tries again by itself: "the coordinator is loading"
    });
  });
  await consumer.connect();
  await consumer.subscribe({ topic: PROBE });
  await consumer.run({ eachBatch: () => Promise.resolve() });
  await member;
}

function portOpens(hostAndPort: string): Promise<void> {
  const { hostname, port } = new URL(`tcp://${hostAndPort}`);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), timeout: CONNECT_TIMEOUT_MS });
    socket.once('connect', () => resolve()).once('error', reject);
    socket.once('timeout', () => reject(new Error('connect timed out')));
    socket.once('connect', () => socket.destroy()).once('timeout', () => socket.destroy());
  });
}

/** Tries until it succeeds; when the signal ends first, throws what the last try said. */
async function until(signal: AbortSignal, attempt: () => Promise<unknown>): Promise<void> {
  let last: unknown;
  while (!signal.aborted) {
    try {
      await attempt();
      return;
    } catch (error) {
      last = error;
    }
    await sleep(POLL_MS);
  }
  throw drop(`not ready: ${reasonOf(last)}`, last ?? signal.reason);
}

/** The work's result, or the signal's reason once it is aborted. */
function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** The failed call already reports it; without a listener Node would end the process. */
function ignoreBrokenConnection(): void {
  return;
}
