// What is measured, one function each. All of them take the world and say what they saw.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import { topics } from '@daybreak/contracts';
import { parseReference } from '@daybreak/delivery';
import { mostWithin, quantile, round } from './figures.mjs';
import { listenerOn, peakMegabytes, usageOf } from './usage.mjs';
import { LIFTED, until } from './world.mjs';

const MB_PER_THOUSAND_DIGITS = 2;

/** As fast as it can: from the first POST until every row is settled; what that costs, and right after it the loops that we compare with, against the same responder. */
export async function speed(world, pods, { messages, latencyMs, inFlight }) {
  const { responder, stores } = world;
  const sender = senderOf(pods);
  const staged = await world.stage(messages);
  await responder.reset(latencyMs);
  const processes = { sender, ...stores, responder: responder.pid };
  const before = usagesOf(processes);
  const reached = responder.reached(messages);
  await world.allow(LIFTED);
  await world.open(staged);
  await reached;
  await until(() => world.isSettled(staged), 'every delivery to be settled', 10);
  const settledMs = performance.timeOrigin + performance.now();
  await until(() => world.outboxIsEmpty(), 'the outbox to be empty', 25);
  const after = usagesOf(processes);
  await world.end(staged);
  const { atMs, mostUnanswered } = await responder.taken();
  const startedMs = Math.min(...atMs);
  const settle = await settleTimes(world, staged, messages);
  const { stack, namespace } = world;
  const { perSecond: raw } = await loop(world, 'raw-loop.mjs', latencyMs, {
    ...{ redisUrl: stack.redisUrl, prefix: `{${namespace.name}.raw}` },
    ...{ count: messages, inFlight },
  });
  const bare = await loop(world, 'bare-loop.mjs', latencyMs, {
    ...{ databaseUrl: stack.databaseUrl, schema: `bare_${namespace.name}` },
    ...{ count: messages, inFlight },
  });
  const perSecond = messages / ((settledMs - startedMs) / 1_000);
  return {
    latencyMs,
    messages,
    perSecond: round(perSecond),
    postsPerSecond: round(messages / ((Math.max(...atMs) - startedMs) / 1_000)),
    rawPerSecond: round(raw),
    shareOfRaw: round(perSecond / raw, 2),
    barePerSecond: round(bare.perSecond),
    shareOfBare: round(perSecond / bare.perSecond, 2),
    bareCpuSecondsPerThousand: round(((bare.cpuSeconds + bare.postgresCpuSeconds) / messages) * 1_000, 3),
    cpuSecondsPerThousand: perThousand(before, after, messages, 'cpuSeconds', 3),
    megabytesPerThousand: perThousand(before, after, messages, 'megabytes', MB_PER_THOUSAND_DIGITS),
    senderPeakMegabytes: round(peakMegabytes(sender)),
    mostInFlight: mostUnanswered,
    ...settle,
  };
}

/** The rate as the responder sees it, with more due than may go. `allowed` is what the throttle is given, after the twentieth that stays free. */
export async function throttle(world, { allowed, seconds }) {
  const messages = allowed * seconds;
  const { responder } = world;
  const staged = await world.stage(messages);
  await responder.reset(60);
  const reached = responder.reached(messages);
  await world.allow(allowed);
  await world.open(staged);
  await reached;
  const { atMs } = await responder.taken();
  await settled(world, staged, messages);
  const [first, last] = [Math.min(...atMs), Math.max(...atMs)];
  return {
    allowed,
    achieved: round(((messages - 1) / (last - first)) * 1_000, 1),
    mostInASecond: mostWithin(atMs, 1_000),
    mostIn100Ms: mostWithin(atMs, 100),
    mostIn10Ms: mostWithin(atMs, 10),
  };
}

/** How long after its due instant a message arrives, with due instants spread as evenly as the planner does. */
export async function dueError(world, { perSecond, seconds }) {
  const { responder } = world;
  const messages = perSecond * seconds;
  await responder.reset(60);
  await world.allow(perSecond);
  const staged = await world.stage(messages, (i) => Math.round((i * 1_000) / perSecond), 8_000);
  await responder.reached(messages);
  const { atMs, references } = await responder.taken();
  const dueMs = new Map(staged.deliveries.map(({ deliveryId, dueAt }) => [deliveryId, timestampMs(dueAt)]));
  const errors = references.map((text, i) => atMs[i] - dueMs.get(parseReference(text).deliveryId));
  await settled(world, staged, messages);
  return {
    perSecond,
    p50Ms: round(quantile(errors, 0.5), 1),
    p99Ms: round(quantile(errors, 0.99), 1),
    worstMs: round(Math.max(...errors), 1),
    early: errors.filter((ms) => ms < -1).length,
  };
}

/** Requests on the wire at 1 000 messages/s: what SHARD_IN_FLIGHT has to allow. */
export async function inFlightNeeded(world, { latencyMs, seconds }) {
  const { responder } = world;
  const [allowed, messages] = [1_000, 1_000 * seconds];
  const staged = await world.stage(messages);
  await responder.reset(latencyMs);
  const reached = responder.reached(messages);
  await world.allow(allowed);
  await world.open(staged);
  await reached;
  const { atMs, mostUnanswered } = await responder.taken();
  await settled(world, staged, messages);
  return { latencyMs, achieved: round(((messages - 1) / (Math.max(...atMs) - Math.min(...atMs))) * 1_000), mostInFlight: mostUnanswered };
}

/** kill -9 in the middle, with a spare beside it and webhooks that come: what was lost, sent twice, or accepted without a record, once all has settled. */
export async function kill(world, { messages, killAt, latencyMs }) {
  const { responder } = world;
  const pods = await world.pods(['sender-0', 'spare'], { RESOLVE_AFTER_SECONDS: '15' });
  try {
    const staged = await world.stage(messages);
    await responder.reset(latencyMs);
    const reached = responder.reached(killAt);
    await world.allow(LIFTED);
    await world.open(staged);
    await reached;
    await pods.kill(await ownerAmong(world, pods)); // whoever it is: a spare that was quicker at the start may still have the shard
    const killedMs = performance.timeOrigin + performance.now();
    let told = 0;
    await until(
      async () => {
        const taken = await responder.taken();
        // Where nothing is new, the last one is told again: people go on reading, and silence would prove nothing.
        const from = Math.min(told, taken.references.length - 1);
        await world.publish(topics.deliveryStatusObserved, world.webhooksOf(staged.deliveries, taken, from));
        told = taken.references.length;
        return world.isSettled(staged);
      },
      'everything to be settled',
      500,
    );
    const { atMs, references } = await responder.taken();
    const times = Map.groupBy(references, (text) => parseReference(text).deliveryId);
    const accepted = await world.database.query(`select delivery_id from delivery where run_date = $1::date and state = 'ACCEPTED'`, [
      staged.runDate,
    ]);
    const recorded = new Set(accepted.map((row) => row.delivery_id));
    await world.end(staged);
    return {
      latencyMs,
      lost: messages - times.size,
      twice: [...times.values()].filter((sends) => sends.length > 1).length,
      acceptedButUnrecorded: [...times.keys()].filter((deliveryId) => !recorded.has(deliveryId)).length,
      takeoverSeconds: round((Math.min(...atMs.filter((ms) => ms > killedMs + 1_000)) - killedMs) / 1_000, 1),
      settledSeconds: round((performance.timeOrigin + performance.now() - killedMs) / 1_000, 1),
    };
  } finally {
    await pods.stopAll();
  }
}

/** Statuses of a run that was just sent, three each, as the sender's own consumer takes them. */
export async function foldRate(world, pods, { messages }) {
  const staged = await world.stage(messages);
  await world.responder.reset(0);
  await world.allow(LIFTED);
  await world.open(staged);
  await settled(world, staged, messages);
  const statuses = world.webhooksOf(staged.deliveries, await world.responder.taken());
  const before = await world.folded(topics.deliveryStatusObserved);
  const all = statuses.length * 3;
  const sender = senderOf(pods);
  pods.pause('sender-0'); // shorter than its lease and its session
  for (let i = 0; i < 3; i += 1) await world.publish(topics.deliveryStatusObserved, statuses);
  const cpuBefore = usageOf(sender).cpuSeconds + usageOf(world.stores.postgres).cpuSeconds;
  const startedAt = performance.now();
  pods.resume('sender-0');
  await until(async () => (await world.folded(topics.deliveryStatusObserved)) >= before + all, 'every status to be folded', 20);
  const seconds = (performance.now() - startedAt) / 1_000;
  const cpuSeconds = usageOf(sender).cpuSeconds + usageOf(world.stores.postgres).cpuSeconds - cpuBefore;
  return { statuses: all, perSecond: round(all / seconds), cpuSecondsPerThousand: round((cpuSeconds / all) * 1_000, 3) };
}

async function settled(world, staged, messages) {
  await until(async () => (await world.states(staged)).ACCEPTED === messages, 'every delivery to be settled');
  await world.end(staged);
}

/** From Meta's answer to the transaction that records it, and until the world is told, ms. */
async function settleTimes(world, { runId }, messages) {
  const ofRun = (events) => events.filter(({ event }) => event.runId === runId);
  const before = world.published ?? 0;
  const [attempted, settledEvents] = await Promise.all([
    world.eventsOn(topics.deliveryAttempted, before + messages),
    world.eventsOn(topics.deliverySettled, before + messages),
  ]);
  world.published = before + messages;
  const answeredMs = new Map(ofRun(attempted).map(({ event }) => [event.deliveryId, timestampMs(event.finishedAt)]));
  const rows = ofRun(settledEvents);
  const recorded = rows.map(({ event }) => timestampMs(event.settledAt) - answeredMs.get(event.deliveryId));
  const told = rows.map(({ event, publishedMs }) => publishedMs - answeredMs.get(event.deliveryId));
  return {
    settleMs: { p50: round(quantile(recorded, 0.5)), p99: round(quantile(recorded, 0.99)) },
    toldMs: { p50: round(quantile(told, 0.5)), p99: round(quantile(told, 0.99)) },
  };
}

/** Messages per second of a program beside ours, and the CPU seconds of it and of PostgreSQL. */
async function loop({ responder, stores }, program, latencyMs, settings) {
  await responder.reset(latencyMs);
  const child = fork(join(import.meta.dirname, program), [JSON.stringify({ url: responder.url, ...settings })]);
  const nextMessage = () =>
    new Promise((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)));
    });
  await nextMessage();
  await sleep(500); // the sender has nothing more to do, and neither have the stores
  const before = usageOf(stores.postgres).cpuSeconds;
  child.send({ go: true });
  const result = await nextMessage();
  return { ...result, postgresCpuSeconds: usageOf(stores.postgres).cpuSeconds - before };
}

/** The instance that has the lease. Its pid is part of what the lease calls its owner. */
async function ownerAmong(world, pods) {
  const [lease] = await world.database.query(`select owner from shard_lease where expires_at > clock_timestamp()`);
  const pid = Number(/\.(\d+)\.[^.]+$/.exec(lease?.owner ?? '')?.[1]);
  const owner = Object.keys(pods.urls).find((instance) => listenerOn(new URL(pods.urls[instance]).port) === pid);
  if (owner === undefined) throw new Error('nobody owns the shard');
  return owner;
}

const senderOf = (pods) => listenerOn(new URL(pods.urls['sender-0']).port);

const usagesOf = (processes) => Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, usageOf(pid)]));

const perThousand = (before, after, messages, what, digits) =>
  Object.fromEntries(
    Object.keys(after).map((name) => [name, round(((after[name][what] - before[name][what]) / messages) * 1_000, digits)]),
  );
