// Everything around the sender: stores, topics, the responder, the plan as the scheduler publishes it, the webhooks as ingest publishes them.
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromBinary } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { topics } from '@daybreak/contracts';
import { Database, schemaNameOf } from '@daybreak/database';
import { parseReference } from '@daybreak/delivery';
import { EventBus, EventPublisher, resourceName } from '@daybreak/event-bus';
import { sha256Hex, systemClock } from '@daybreak/kernel';
import { launchServices, prepareNamespace, startStack } from '@daybreak/local-stack';
import { aConsentChanged, aDeliveryPlanned, aDeliveryStatusObserved, aRunChanged, aShardState, testPrivacy } from '@daybreak/testing';
import { IMAGE } from './responder.mjs';
import { listenerOn } from './usage.mjs';

const SHARD = 'shard-1';
const AT_ONCE = 5_000; // events of one publish
const PATIENCE_MS = 90_000;
const HOUR_MS = 3_600_000;
const WINDOW_MS = 300_000;
/** Far above what a process can send: the throttle is asked and never says no. */
export const LIFTED = 50_000;

export async function openWorld() {
  const stack = await startStack();
  const logDir = await mkdtemp(join(tmpdir(), 'sender-bench-'));
  const namespace = await prepareNamespace(stack, `bench${process.pid}`, ['sender']);
  const clock = systemClock();
  const bus = new EventBus({
    config: { NAMESPACE: namespace.name, KAFKA_BROKERS: stack.kafkaBrokers.split(',') },
    clientId: 'bench',
    clock,
  });
  const publisher = new EventPublisher(bus.producer, clock);
  const database = new Database({
    url: namespace.databaseUrls.sender,
    schema: schemaNameOf('sender', namespace.name),
    poolSize: 2,
    applicationName: 'bench',
  });
  const responder = await startResponder();
  const portOf = (address) => new URL(address.includes('://') ? address : `tcp://${address}`).port;
  const stores = {
    postgres: listenerOn(portOf(stack.databaseUrl)),
    redis: listenerOn(portOf(stack.redisUrl)),
    kafka: listenerOn(portOf(stack.kafkaBrokers.split(',')[0])),
  };
  let versions = 0;
  let runs = 0;

  const publish = async (topic, events) => {
    for (let from = 0; from < events.length; from += AT_ONCE) await publisher.publish(topic, events.slice(from, from + AT_ONCE));
  };

  return {
    stack,
    namespace,
    database,
    responder,
    stores,
    publish,
    /** Sender pods by instance name; the first is for shard-1, others are spares. */
    pods: (names, env = {}) =>
      launchServices({
        stack,
        namespace,
        logDir,
        services: names.map((instance, i) => ({ name: 'sender', instance, env: i === 0 ? { SHARD_ORDINAL: '0' } : {} })),
        env: { ...testPrivacy.env, LOG_LEVEL: 'warn', CLOUD_API_BASE_URL: responder.url, MEDIA_ORIGINS: responder.url, ...env },
      }),
    /** So many people who agreed; every run is for the first of them. */
    people: (count) =>
      publish(
        topics.consentChanged,
        Array.from({ length: count }, (_, i) => aConsentChanged(recipientOf(i))),
      ),
    /** What the number may send from now on, messages per second. */
    allow: (perSecond) =>
      publish(topics.shardState, [
        aShardState({ shardId: SHARD, allowedRate: perSecond, throughputMps: perSecond / 0.95, version: BigInt(++versions) }),
      ]),
    /**
     * Publishes a run with deliveries that are due so many ms after its window opens, and resolves when the sender has it all, with fresh statistics
     * and the image uploaded. The window opens in so many ms, or when `open` says so, with everything long due.
     */
    async stage(count, dueAfterMs = () => 0, opensInMs = HOUR_MS) {
      const runDate = new Date(Date.UTC(2030, 0, ++runs)).toISOString().slice(0, 10); // a morning of its own: fresh partitions, as every day
      const runId = `bench-${runDate.replaceAll('-', '')}-0600`;
      const opensMs = Date.now() + opensInMs;
      await publish(topics.runChanged, [runOf({ runId, runDate, version: 1n, opensMs })]);
      const find = async () => (await database.query(`select analyzed_rows from run where run_id = $1`, [runId]))[0];
      await until(find, 'the run to be known'); // or the first deliveries would say when it opens
      const plannedMs = opensInMs === HOUR_MS ? Date.now() : opensMs;
      const deliveries = Array.from({ length: count }, (_, i) => plannedOf(responder.url, { runId, runDate, plannedMs, i, dueAfterMs }));
      await publish(topics.deliveryPlanned, deliveries);
      await until(async () => (await find()).analyzed_rows === count, 'the run to be staged');
      await until(async () => (await database.query(`select from media_id where media_id <> ''`)).length > 0, 'the image to be uploaded');
      return { runId, runDate, deliveries };
    },
    open: ({ runId, runDate }) => publish(topics.runChanged, [runOf({ runId, runDate, version: 2n, opensMs: Date.now() })]),
    /** The run was yesterday: the next one is the only one. */
    end: ({ runId, runDate }) => publish(topics.runChanged, [runOf({ runId, runDate, version: 3n, opensMs: Date.now() - 24 * HOUR_MS })]),
    /** Every delivery of a run has come to an end. Asked often, so it asks the counts. */
    async isSettled({ runDate }) {
      const [row] = await database.query(
        `select coalesce(sum(n), 0) = 0 as settled from delivery_count
         where run_date = $1::date and shard_id = $2 and state in ('QUEUED', 'CLAIMED', 'AMBIGUOUS')`,
        [runDate, SHARD],
      );
      return row.settled;
    },
    /** Deliveries of a run by state. */
    async states({ runDate }) {
      const rows = await database.query(
        `select state::text as state, count(*) as n from delivery where run_date = $1::date group by state`,
        [runDate],
      );
      return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
    },
    async outboxIsEmpty() {
      const [row] = await database.query('select not exists (select from outbox) as empty');
      return row.empty;
    },
    /** What ingest publishes of these messages. */
    webhooksOf: (deliveries, taken, from = 0) => {
      const byId = new Map(deliveries.map((planned) => [planned.deliveryId, planned]));
      return taken.references.slice(from).flatMap((text) => {
        const reference = parseReference(text);
        const planned = byId.get(reference?.deliveryId ?? '');
        if (!planned) return [];
        return aDeliveryStatusObserved(planned, {
          attempt: reference.attempt,
          epoch: BigInt(reference.epoch),
          observedAt: timestampFromMs(Date.now()),
        });
      });
    },
    /** Every event of a topic, with the instant at which it was published. */
    async eventsOn(topic, count) {
      const consumer = bus.kafka.consumer({ groupId: `${namespace.name}.bench.${topic.name}.${Date.now()}` });
      const events = [];
      await consumer.connect();
      await consumer.subscribe({ topic: resourceName(namespace.name, topic.name), fromBeginning: true });
      await consumer.run({
        eachMessage: async ({ message }) =>
          void events.push({ event: fromBinary(topic.schema, message.value), publishedMs: Number(message.timestamp) }),
      });
      await until(async () => events.length >= count, `${count} events on ${topic.name}`);
      await consumer.disconnect();
      return events;
    },
    /** How many events of a topic the sender's group is done with. */
    async folded(topic) {
      const admin = bus.kafka.admin();
      await admin.connect();
      const [offsets] = await admin.fetchOffsets({
        groupId: resourceName(namespace.name, 'sender'),
        topics: [resourceName(namespace.name, topic.name)],
      });
      await admin.disconnect();
      return offsets.partitions.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
    },
    /** Ends it all. What the pods wrote is kept when something went wrong. */
    async close({ keepLogs }) {
      responder.stop();
      await Promise.all([bus.close(), database.close()]);
      await stack.stop();
      if (keepLogs) process.stderr.write(`the pods' logs are in ${logDir}\n`);
      else await rm(logDir, { recursive: true });
    },
  };
}

/** Waits for something that must come; a bench that hangs tells nothing. */
export async function until(isSo, what, everyMs = 100) {
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error(`waited in vain for ${what}`);
    await sleep(everyMs);
  }
}

const recipientOf = (i) => `adv-${String(i).padStart(6, '0')}`;

function runOf({ runId, runDate, version, opensMs }) {
  const window = {
    freezeAt: opensMs - 60_000,
    stagedBy: opensMs - 30_000,
    opensAt: opensMs,
    firstAttemptsEndAt: opensMs + WINDOW_MS - 60_000,
    closesAt: opensMs + WINDOW_MS,
    deadlineAt: opensMs + WINDOW_MS + 30_000,
    liveSealAt: opensMs + WINDOW_MS + 60_000,
    finalSealAt: opensMs + 24 * HOUR_MS,
  };
  const instants = Object.fromEntries(Object.entries(window).map(([name, ms]) => [name, timestampFromMs(ms)]));
  return aRunChanged({ runId, runDate, version, window: { ...instants, timeZone: 'Asia/Kolkata', objective: 0.99, slaStage: 'sent' } });
}

function plannedOf(assetOrigin, { runId, runDate, plannedMs, i, dueAfterMs }) {
  return aDeliveryPlanned({
    runId,
    runDate,
    recipientId: recipientOf(i),
    shardId: SHARD,
    headerMedia: { sha256: sha256Hex(IMAGE), url: `${assetOrigin}/pack.jpg`, mediaType: 'image/jpeg', sizeBytes: BigInt(IMAGE.length) },
    dueAt: timestampFromMs(plannedMs + dueAfterMs(i)),
    windowOpensAt: timestampFromMs(plannedMs),
    windowClosesAt: timestampFromMs(plannedMs + WINDOW_MS),
    deadlineAt: timestampFromMs(plannedMs + WINDOW_MS + 30_000),
  });
}

async function startResponder() {
  const child = fork(join(import.meta.dirname, 'responder.mjs'));
  const { url } = await new Promise((resolve) => child.once('message', resolve));
  const ask = async (request) => {
    const answer = new Promise((resolve) => {
      const onMessage = (message) => {
        if (message.reached !== undefined) return;
        child.off('message', onMessage);
        resolve(message);
      };
      child.on('message', onMessage);
    });
    child.send(request);
    return answer;
  };
  return {
    url,
    pid: child.pid,
    /** From now on: answers after so many ms, and nothing taken yet. */
    reset: (latencyMs) => ask({ forget: true, latencyMs, notifyAt: -1 }),
    taken: async () => (await ask({ show: true })).taken,
    /** Resolves when it has taken so many messages. */
    async reached(count) {
      const reached = new Promise((resolve, reject) => {
        const giveUp = setTimeout(() => reject(new Error(`waited in vain for ${count} messages`)), PATIENCE_MS);
        const onMessage = (message) => {
          if (message.reached === undefined) return;
          clearTimeout(giveUp);
          child.off('message', onMessage);
          resolve();
        };
        child.on('message', onMessage);
      });
      await ask({ notifyAt: count });
      await reached;
    },
    stop: () => child.disconnect(),
  };
}
