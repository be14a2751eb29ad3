// What the webhook edge takes: signed POSTs of one status each, acknowledged by Kafka, beside two bare servers in the same run: one that verifies and
// parses (Fastify, HMAC, JSON.parse, nothing kept), and one that also hands the body to Kafka, one batch in flight. Then the edge at the rate of one number
// of 1 000 messages a second (1×), at three times that (3×), in a flood of which a fifth is badly signed, and while 1 000 strangers a second write STOP.
// `make bench-ingest`, or from the repository's root after a build: `npx node services/ingest/bench/edge.bench.mjs [--seconds 10] [--rounds 3] [--connections 32] [--profile folder]`.
// Prints one JSON object. The three servers take turns, `--rounds` times, for a machine that others use too is not the same from one minute to the next; what is
// printed of each is the round whose ratio by CPU is the median. Ratios are by wall clock and by the CPU time of the server. The first depend on the machine: client, broker and server share its
// cores, and a bare server waits for the client, which one core runs. The second are the price of a POST.
import { fork, execFileSync } from 'node:child_process';
import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { tameTimers } from '@daybreak/event-bus';
import { launchServices, prepareNamespace, startStack } from '@daybreak/local-stack';
import { fastify } from 'fastify';
import { Kafka, logLevel } from 'kafkajs';
import { Pool } from 'undici';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '32' },
    bare: { type: 'boolean' },
    load: { type: 'string' },
    only: { type: 'string' },
    profile: { type: 'string' },
  },
});
const PATH = '/webhooks/whatsapp';
const BODIES = 2_000;
/** Connected, topics known, and compiled: the edge has more code than a bare server, and is at its rate only after so long. A pod lives for weeks. */
const WARM_UP_SECONDS = 10;
/** People who write STOP a second, as in the fault matrix. */
const STOPS = 1_000;
/** Status webhooks a second of one number that sends 1 000 messages a second, one of its three statuses at a time. */
const ONE_FOLD = 1_000;
const sign = (body, secret) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

if (values.bare) await serveBare();
else if (values.load) process.send(await load(JSON.parse(values.load)), () => process.exit());
else await bench();

async function bench() {
  tameTimers(); // else kafkajs keeps this process for ever
  const [seconds, connections] = [Number(values.seconds), Number(values.connections)];
  const secret = randomBytes(16).toString('hex');
  const stack = await startStack();
  const namespace = await prepareNamespace(stack, `bench${process.pid}`, ['ingest']);
  const logDir = await mkdtemp(join(tmpdir(), 'edge-bench-'));
  const services = await launchServices({
    stack,
    namespace: { ...namespace, secrets: { ...namespace.secrets, WEBHOOK_APP_SECRETS: secret } },
    logDir,
    services: [{ name: 'ingest', env: { CLOUD_API_BASE_URL: 'http://127.0.0.1:9', LOG_LEVEL: 'warn', ...profiled(values.profile) } }],
  });
  const topicOf = (name) => `${namespace.name}.daybreak.${name}.v1`;
  const [topic, inbound] = [topicOf('delivery.status-observed'), topicOf('inbound.received')];
  const bareServer = (env) => fork(fileURLToPath(import.meta.url), ['--bare'], { env: { ...process.env, BARE_SECRET: secret, ...env } });
  const servers = [bareServer({}), bareServer({ BARE_BROKERS: stack.kafkaBrokers, BARE_TOPIC: topic })];
  const admin = new Kafka({ clientId: 'bench', brokers: stack.kafkaBrokers.split(','), logLevel: logLevel.NOTHING }).admin();
  try {
    await admin.connect();
    const ports = await Promise.all(servers.map((server) => new Promise((resolve) => server.once('message', resolve))));
    const [bareUrl, loopUrl] = ports.map(({ port }) => `http://127.0.0.1:${port}`);
    const run = async (url, over = {}) => {
      const cpuBefore = await cpuSecondsOf(url);
      const result = await inChild({ url, secret, seconds, connections, badShare: 0, ...over });
      const cpuMicrosPerPost = Math.round((((await cpuSecondsOf(url)) - cpuBefore) / result.posts) * 1e6);
      return { ...result, cpuMicrosPerPost, perCpuSecond: Math.round(1e6 / cpuMicrosPerPost) };
    };
    /** A run against ingest, and what of it Kafka has afterwards: nothing may be lost. */
    const runOfIngest = async (over = {}) => {
      const before = await recordsIn(admin, over.stops ? inbound : topic);
      const result = await run(services.urls.ingest, over);
      const inKafka = (await recordsIn(admin, over.stops ? inbound : topic)) - before;
      if (inKafka < result.posts) throw new Error(`${result.posts} POSTs were acknowledged, and Kafka has ${inKafka} of them`);
      return { ...result, inKafka };
    };
    const stopStorm = () => runOfIngest({ perSecond: STOPS, connections: connections * 2, stops: true });
    if (values.only === 'stops') {
      await run(services.urls.ingest, { seconds: 3 });
      for (let round = 0; round < Number(values.rounds); round += 1) process.stdout.write(`${JSON.stringify(await stopStorm())}\n`);
      return;
    }
    for (const url of [services.urls.ingest, bareUrl, loopUrl]) await run(url, { seconds: WARM_UP_SECONDS });
    const rounds = [];
    for (let round = 0; round < Number(values.rounds); round += 1) {
      const [bare, bareWithKafka, ingest] = [await run(bareUrl), await run(loopUrl), await runOfIngest()];
      rounds.push({ bare, bareWithKafka, ingest, ratioToBare: ratio(ingest, bare), ratioToBareWithKafka: ratio(ingest, bareWithKafka) });
    }
    rounds.sort((a, b) => a.ratioToBare.cpu - b.ratioToBare.cpu);
    const result = {
      machine: `${cpus().length} × ${cpus()[0]?.model}`,
      commit: execFileSync('git', ['rev-parse', '--short', 'HEAD']).toString().trim(),
      loadBefore: Number(loadavg()[0].toFixed(1)),
      kafka: stack.key,
      ratiosToBare: rounds.map(({ ratioToBare }) => ratioToBare),
      ...rounds[Math.floor(rounds.length / 2)],
      at1x: await runOfIngest({ perSecond: ONE_FOLD }),
      at3x: await runOfIngest({ perSecond: 3 * ONE_FOLD }),
      flood: await runOfIngest({ connections: connections * 8, badShare: 0.2 }),
      stopStorm: await stopStorm(),
    };
    process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
  } finally {
    for (const server of servers) server.kill();
    await admin.disconnect();
    await services.stopAll();
    await stack.stop();
    await rm(logDir, { recursive: true });
  }
}

function ratio(ingest, of) {
  const inHundredths = (name) => Math.round((ingest[name] / of[name]) * 100) / 100;
  return { wallClock: inHundredths('perSecond'), cpu: inHundredths('perCpuSecond') };
}

/** Ingest writes a CPU profile of its whole life into that folder; figures of such a run do not count. */
function profiled(folder) {
  return folder === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${resolve(folder)}` };
}

/** The least a webhook endpoint can do; with brokers, the least that also keeps what it acknowledges. */
async function serveBare() {
  const { BARE_SECRET: secret, BARE_BROKERS: brokers, BARE_TOPIC: topic } = process.env;
  const keep = brokers === undefined ? undefined : await oneBatchInFlight(brokers.split(','), topic);
  const app = fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.post(PATH, async (request, reply) => {
    const expected = Buffer.from(sign(request.body, secret));
    const claimed = Buffer.from(request.headers['x-hub-signature-256'] ?? '');
    if (claimed.length !== expected.length || !timingSafeEqual(claimed, expected)) return reply.code(401).send();
    const status = JSON.parse(request.body).entry[0].changes[0].value.statuses[0];
    await keep?.({ key: status.biz_opaque_callback_data, value: request.body });
    return reply.code(200).send();
  });
  app.get('/metrics', async () => {
    const { user, system } = process.cpuUsage();
    return `process_cpu_seconds_total ${(user + system) / 1e6}\n`;
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  process.send({ port: app.server.address().port });
}

async function oneBatchInFlight(brokers, topic) {
  const producer = new Kafka({ clientId: 'bare', brokers, logLevel: logLevel.NOTHING }).producer({
    idempotent: true,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  let waiting = [];
  let running = false;
  const run = async () => {
    running = true;
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await producer.send({ topic, acks: -1, messages: batch.map(({ message }) => message) });
      for (const { resolve } of batch) resolve();
    }
    running = false;
  };
  return (message) =>
    new Promise((resolve) => {
      waiting.push({ message, resolve });
      if (!running) void run();
    });
}

/** The client has a process of its own, as Meta does. */
function inChild(options) {
  const child = fork(fileURLToPath(import.meta.url), ['--load', JSON.stringify(options)]);
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => code !== 0 && reject(new Error(`the client ended with ${code}`)));
  });
}

async function load({ url, secret, seconds, connections, badShare, perSecond, stops }) {
  const pool = new Pool(url, { connections, pipelining: 1 });
  const bodies = stops ? seconds * perSecond + connections : BODIES; // nobody writes the same STOP twice
  const webhooks = Array.from({ length: bodies }, (_, n) => {
    const body = stops ? aStopWebhook() : aStatusWebhook();
    return { body, signature: sign(body, n < bodies * badShare ? 'another secret' : secret) };
  }).sort(() => Math.random() - 0.5);
  const [latencies, answers] = [[], {}];
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;
  let sent = 0;
  const client = async () => {
    for (;;) {
      const dueAt = perSecond === undefined ? 0 : startedAt + (sent * 1_000) / perSecond;
      const { body, signature } = webhooks[sent % bodies];
      sent += 1;
      if (dueAt > performance.now()) await new Promise((resolve) => setTimeout(resolve, dueAt - performance.now()));
      const postedAt = performance.now();
      if (postedAt >= endsAt) return;
      const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature };
      const response = await pool.request({ path: PATH, method: 'POST', body, headers });
      await response.body.dump();
      answers[response.statusCode] = (answers[response.statusCode] ?? 0) + 1;
      if (response.statusCode === 200) latencies.push(performance.now() - (dueAt || postedAt));
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  const { user, system } = process.cpuUsage(cpuBefore);
  await pool.close();
  latencies.sort((a, b) => a - b);
  const quantile = (q) => Number(latencies[Math.floor(latencies.length * q)]?.toFixed(1));
  return {
    posts: latencies.length,
    perSecond: Math.round(latencies.length / seconds),
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    answers,
    clientCpuMicrosPerPost: Math.round((user + system) / latencies.length),
  };
}

function aStatusWebhook() {
  const status = {
    id: `wamid.${randomBytes(42).toString('base64')}`,
    status: 'sent',
    timestamp: String(Math.floor(Date.now() / 1_000)),
    recipient_id: `9170000${String(Math.floor(Math.random() * 1e5)).padStart(5, '0')}`,
    biz_opaque_callback_data: `d.main-20261122-0600.${randomUUID()}.1.3`,
    pricing: { billable: true, pricing_model: 'PMP', category: 'utility', type: 'regular' },
  };
  return webhookOf({ statuses: [status] });
}

function aStopWebhook() {
  const from = `9180000${String(Math.floor(Math.random() * 1e5)).padStart(5, '0')}`;
  const message = {
    id: `wamid.${randomBytes(42).toString('base64')}`,
    from,
    timestamp: String(Math.floor(Date.now() / 1_000)),
    type: 'text',
    text: { body: 'STOP' },
  };
  return webhookOf({ contacts: [{ profile: { name: 'Asha' }, wa_id: from }], messages: [message] });
}

function webhookOf(members) {
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550783881', phone_number_id: '106540352242922' },
    ...members,
  };
  return JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: '102290129340398', changes: [{ field: 'messages', value }] }],
  });
}

async function cpuSecondsOf(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1]);
}

async function recordsIn(admin, topic) {
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets.reduce((sum, { high }) => sum + Number(high), 0);
}
