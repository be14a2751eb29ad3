// The least that sending can cost in this stack: BullMQ jobs of a slice each, undici POSTs, nothing claimed, checked or recorded. A process of
// its own, as the sender is. Started by the bench with its settings as JSON; prints nothing, tells its parent.
import { setTimeout as sleep } from 'node:timers/promises';
import { templateMessage } from '@daybreak/cloud-api';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'undici';

const SLICE = 200;
const SLICES_AT_ONCE = 8;
const HEADERS = { authorization: 'Bearer token', accept: 'application/json', 'content-type': 'application/json' };

const { url, redisUrl, prefix, count, inFlight } = JSON.parse(process.argv[2]);
const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
const queue = new Queue('raw', { connection, prefix });
const pool = new Pool(url, { connections: inFlight, pipelining: 1 });

/** At most `inFlight` requests on the wire, whichever slice they are of. */
const waiting = [];
let free = inFlight;
const slot = () => (free > 0 ? void (free -= 1) : new Promise((resolve) => waiting.push(resolve)));
const release = () => {
  const next = waiting.shift();
  if (next) next();
  else free += 1;
};

async function post(i) {
  await slot();
  const message = templateMessage({
    to: `+917000${String(1_000_000 + i)}`.slice(0, 13),
    template: 'daily_pack_v1',
    language: 'en',
    headerImageId: '1689556908129832',
    bodyParameters: { name: 'Asha', headline: 'Markets at a glance' },
    biz_opaque_callback_data: `d.bench-20261201-raw.0b9c2a54-0000-5000-8000-${String(i).padStart(12, '0')}.1.1`,
  });
  const { body } = await pool.request({
    method: 'POST',
    path: '/v24.0/106540352242922/messages',
    headers: HEADERS,
    body: JSON.stringify(message),
  });
  const answer = await body.json();
  if (answer.messages[0].id === undefined) throw new Error('no wamid');
  release();
}

let posted = 0;
const worker = new Worker(
  'raw',
  async ({ data: { from, to } }) => {
    await Promise.all(Array.from({ length: to - from }, (_, i) => post(from + i)));
    posted += to - from;
  },
  { connection: connection.duplicate(), prefix, concurrency: SLICES_AT_ONCE, autorun: false },
);

await Promise.all(Array.from({ length: Math.min(inFlight, 64) }, (_, i) => post(-i - 1))); // compiled and connected
const slices = Array.from({ length: Math.ceil(count / SLICE) }, (_, i) => ({ from: i * SLICE, to: Math.min(count, (i + 1) * SLICE) }));
await queue.addBulk(slices.map((data) => ({ name: 'slice', data, opts: { removeOnComplete: true } })));
process.send({ ready: true });
await new Promise((resolve) => process.once('message', resolve));

const startedAt = performance.now();
void worker.run();
while (posted < count) await sleep(5);
const seconds = (performance.now() - startedAt) / 1_000;
await worker.close();
await queue.obliterate({ force: true });
await Promise.all([queue.close(), pool.close()]);
connection.disconnect();
process.send({ perSecond: count / seconds }, () => process.exit());
