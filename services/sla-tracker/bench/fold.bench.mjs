// How many status events a second the fold writes into Postgres: raw events kept, one row per delivery, the public words in the outbox.
// The batches are those of a morning: planned and attempted first, then sent, delivered and read in an order of their own.
// Then what counting the run costs.
// Run from the repository's root after a build: `node services/sla-tracker/bench/fold.bench.mjs [--deliveries 50000] [--batch 1000]`.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { DeliveryStatusObservedSchema, ObservedStatus, ReferenceKind } from '@daybreak/contracts';
import { Database, schemaNameOf } from '@daybreak/database';
import { Outbox } from '@daybreak/event-bus';
import { deliveryIdOf, seededRandom, sha256Hex, systemClock } from '@daybreak/kernel';
import { prepareNamespace, startStack } from '@daybreak/local-stack';
import { sendWindowFor } from '@daybreak/timing';
import { FoldDeliveries } from '../dist/delivery/fold-deliveries.js';
import { observedOfStatus } from '../dist/delivery/observed.mapper.js';
import { StatusChangedPublisher } from '../dist/outbound/status-changed.publisher.js';
import { DeliveryRepository } from '../dist/store/delivery.repository.js';
import { MessageRepository } from '../dist/store/message.repository.js';
import { TallyRepository } from '../dist/store/tally.repository.js';

const { values } = parseArgs({
  options: {
    deliveries: { type: 'string', default: '50000' },
    batch: { type: 'string', default: '1000' },
    parallel: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
  },
});
const deliveries = Number(values.deliveries);
const batchSize = Number(values.batch);
const RUN_ID = 'main-20261122-0600';
const OPENS_MS = Date.parse('2026-11-22T05:59:30+05:30');

const stack = await startStack({});
try {
  const { databaseUrls } = await prepareNamespace(stack, 'bench', ['sla-tracker']);
  const database = new Database({
    url: databaseUrls['sla-tracker'],
    schema: schemaNameOf('sla-tracker', 'bench'),
    poolSize: 6,
    applicationName: 'bench',
  });
  const clock = systemClock();
  const fold = new FoldDeliveries(
    database,
    new DeliveryRepository(database),
    new MessageRepository(),
    new StatusChangedPublisher(new Outbox(clock), clock),
  );
  const ids = Array.from({ length: deliveries }, (_, i) => deliveryIdOf(RUN_ID, `adv-${i}`));

  await timed(fold, 'planned', ids.map(planned));
  await timed(fold, 'attempted', ids.map(attempted));
  await timed(fold, 'status', shuffledLadder(ids));
  await timedCount(database);
  await database.close();
} finally {
  await stack.stop();
}

/** One batch after the other, as one consumer takes them; or so many consumers at once. */
async function timed(fold, what, observed) {
  const batches = Array.from({ length: Math.ceil(observed.length / batchSize) }, (_, i) =>
    observed.slice(i * batchSize, (i + 1) * batchSize),
  );
  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  await Promise.all(
    Array.from({ length: Number(values.parallel) }, async () => {
      for (let batch = batches.shift(); batch; batch = batches.shift())
        await fold.all(batch.map((one) => (typeof one === 'function' ? one() : one)));
    }),
  );
  const seconds = (performance.now() - startedMs) / 1_000;
  const cpu = process.cpuUsage(startedCpu);
  const result = {
    what,
    events: observed.length,
    perSecond: Math.round(observed.length / seconds),
    nodeCpuSecondsPer1000: Number((((cpu.user + cpu.system) / 1e6 / observed.length) * 1_000).toFixed(3)),
    ...{
      batch: batchSize,
      parallel: Number(values.parallel),
      seed: Number(values.seed),
      node: process.version,
      cpus: cpus().length,
      cpu: cpus()[0]?.model,
    },
  };
  console.log(JSON.stringify(result));
}

/** What one look at the run costs: the figures, and beside them what every number did. */
async function timedCount(database) {
  const tally = new TallyRepository();
  const run = { runId: RUN_ID, runDate: '2026-11-22', window: sendWindowFor({ runDate: '2026-11-22' }) };
  const msOf = async (count) => {
    const startedMs = performance.now();
    await count();
    return Math.round(performance.now() - startedMs);
  };
  const figuresMs = await msOf(() => tally.groups(database, run, run.window.liveSealAt));
  const numbersMs = await msOf(() => tally.numbers(database, run));
  console.log(JSON.stringify({ what: 'count', deliveries, figuresMs, numbersMs }));
}

function planned(deliveryId, i) {
  return {
    ...{ deliveryId, runId: RUN_ID },
    observation: {
      kind: 'planned',
      recipientId: `adv-${i}`,
      shardId: 'shard-1',
      language: 'en',
      contentPackId: 'p',
      fallback: false,
      dueAt: OPENS_MS + i,
    },
  };
}

function attempted(deliveryId, i) {
  const observation = {
    ...{ kind: 'attempted', attempt: 1, epoch: 1, outcome: 'accepted', shardId: 'shard-1', phoneNumberId: '400000000000001' },
    ...{ startedAt: OPENS_MS + i, finishedAt: OPENS_MS + i + 60, wamidHash: sha256Hex(deliveryId).slice(0, 32) },
  };
  return { deliveryId, runId: RUN_ID, observation, raw: { eventId: `a-${deliveryId}`, topic: 'attempted', payload: new Uint8Array(120) } };
}

/** Each delivery's sent, delivered and read come in this order, some seconds apart, mixed with everybody else's. */
function shuffledLadder(ids) {
  const random = seededRandom(Number(values.seed));
  const statuses = ids.flatMap((deliveryId, i) => {
    let atMs = OPENS_MS + i * 12;
    return [ObservedStatus.SENT, ObservedStatus.DELIVERED, ObservedStatus.READ].map((status) => {
      atMs += random.int(500, 20_000);
      return { deliveryId, status, atMs };
    });
  });
  // From the wire: mapping is part of the price.
  return statuses
    .sort((a, b) => a.atMs - b.atMs)
    .map(
      ({ deliveryId, status, atMs }, n) =>
        () =>
          observedOfStatus({ eventId: `s-${n}`, event: statusObserved(deliveryId, status, atMs) }),
    );
}

function statusObserved(deliveryId, status, atMs) {
  return create(DeliveryStatusObservedSchema, {
    ...{
      deliveryId,
      runId: RUN_ID,
      attempt: 1,
      epoch: 1n,
      referenceKind: ReferenceKind.DELIVERY,
      status,
      phoneNumberId: '400000000000001',
    },
    ...{ wamidHash: sha256Hex(deliveryId).slice(0, 32), occurredAt: timestampFromMs(atMs), observedAt: timestampFromMs(atMs + 300) },
  });
}
