// How fast the driver sends, as a share of a raw undici loop in the same run, against a responder in a process of its own.
//
//   npx nx build @daybreak/cloud-api && node test/bench/cloud-api-client.bench.mjs [--messages 30000] [--in-flight 128] [--rounds 5] [--answer-ms 0]
//
// Prints one JSON line. Exits with 1 when the driver sends fewer than 3 000 messages a second.
import { fork } from 'node:child_process';
import { createServer } from 'node:net';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { CloudApiClient, templateMessage } from '@daybreak/cloud-api';
import { Pool } from 'undici';

const LEAST_PER_SECOND = 3_000;
const PHONE_NUMBER_ID = '106540352242922';
const ANSWER = JSON.stringify({
  messaging_product: 'whatsapp',
  contacts: [{ input: '+919812345678', wa_id: '919812345678' }],
  messages: [{ id: 'wamid.HBgMOTE5ODEyMzQ1Njc4FQIAERgSNUYwMDAwMDAwMDAwMDAwMDAwAA==' }],
});

const { values: options } = parseArgs({
  options: {
    messages: { type: 'string', default: '30000' },
    'in-flight': { type: 'string', default: '128' },
    rounds: { type: 'string', default: '5' },
    'answer-ms': { type: 'string', default: '0' },
    responder: { type: 'boolean', default: false },
  },
});

/** Answers every request alike. Counts bodies by their length header, so that its own cost stays small. */
function respond(answerMs) {
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(ANSWER)}\r\n\r\n${ANSWER}`;
  const server = createServer((socket) => {
    let pending = '';
    socket.setNoDelay(true).on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      pending += chunk.toString('latin1');
      for (;;) {
        const end = pending.indexOf('\r\n\r\n');
        if (end < 0) return;
        const length = Number(/content-length: (\d+)/i.exec(pending.slice(0, end))?.[1] ?? 0);
        if (pending.length < end + 4 + length) return;
        pending = pending.slice(end + 4 + length);
        if (answerMs === 0) socket.write(head);
        else setTimeout(() => socket.write(head), answerMs);
      }
    });
  });
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
  process.on('disconnect', () => process.exit(0));
}

/** Sends `count` messages with `inFlight` at a time; returns messages a second and CPU seconds for a thousand. */
async function measure(count, inFlight, sendOne) {
  let next = 0;
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const worker = async () => {
    while (next < count) {
      next += 1;
      await sendOne(next);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  const seconds = (performance.now() - startedAt) / 1_000;
  const cpu = process.cpuUsage(cpuBefore);
  return { perSecond: count / seconds, cpuPerThousand: (cpu.user + cpu.system) / 1_000 / count };
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function bench() {
  const [count, inFlight, rounds] = [Number(options.messages), Number(options['in-flight']), Number(options.rounds)];
  const responder = fork(import.meta.filename, ['--responder', '--answer-ms', options['answer-ms']]);
  const { port } = await new Promise((resolve) => responder.once('message', resolve));
  const baseUrl = `http://127.0.0.1:${port}`;

  const messageTo = (i) =>
    templateMessage({
      to: `+9198${String(10_000_000 + i)}`,
      template: 'daily_pack_v1',
      language: 'hi',
      headerImageId: '1689556908129832',
      bodyParameters: ['24 Nov', 'Asha'],
      biz_opaque_callback_data: `d.main-20261124-0600.0b9c2a54-0000-5000-8000-${String(i).padStart(12, '0')}.1.7`,
    });

  const pool = new Pool(baseUrl, { connections: inFlight, pipelining: 1 });
  const headers = { authorization: 'Bearer token', accept: 'application/json', 'content-type': 'application/json' };
  const rawOne = async (i) => {
    const { body } = await pool.request({
      method: 'POST',
      path: `/v24.0/${PHONE_NUMBER_ID}/messages`,
      headers,
      body: JSON.stringify(messageTo(i)),
    });
    if ((await body.json()).messages[0].id === undefined) throw new Error('no wamid');
  };

  const client = new CloudApiClient({ baseUrl, version: 'v24.0', tokens: () => ['token'], appSecret: 'secret', connections: inFlight });
  const clientOne = async (i) => {
    const outcome = await client.sendMessage(PHONE_NUMBER_ID, messageTo(i));
    if (outcome.kind !== 'accepted') throw new Error(`outcome ${outcome.kind}`);
  };

  await client.warm(inFlight);
  await measure(5_000, inFlight, rawOne);
  await measure(5_000, inFlight, clientOne);
  const raw = [];
  const driver = [];
  for (let round = 0; round < rounds; round += 1) {
    raw.push(await measure(count, inFlight, rawOne));
    driver.push(await measure(count, inFlight, clientOne));
  }
  await Promise.all([pool.close(), client.close()]);
  responder.disconnect();

  const driverPerSecond = median(driver.map((r) => r.perSecond));
  const rawPerSecond = median(raw.map((r) => r.perSecond));
  const result = {
    bench: 'cloud-api-client',
    messages: count,
    inFlight,
    rounds,
    answerMs: Number(options['answer-ms']),
    driverPerSecond: Math.round(driverPerSecond),
    rawPerSecond: Math.round(rawPerSecond),
    shareOfRaw: Number((driverPerSecond / rawPerSecond).toFixed(2)),
    driverCpuSecondsPerThousand: Number(median(driver.map((r) => r.cpuPerThousand)).toFixed(3)),
    rawCpuSecondsPerThousand: Number(median(raw.map((r) => r.cpuPerThousand)).toFixed(3)),
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  if (driverPerSecond < LEAST_PER_SECOND) process.exitCode = 1;
}

if (options.responder) respond(Number(options['answer-ms']));
else await bench();
