// The least that sending can cost in this stack: BullMQ jobs of a slice each, undici POSTs, nothing claimed, checked or recorded. A process of
// its own, as the sender is. Started by the bench with its settings as JSON; prints nothing, tells its parent.
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { openWire } from './wire.mjs';

const SLICE = 200;
const SLICES_AT_ONCE = 8;

const { url, redisUrl, prefix, count, inFlight } = JSON.parse(process.argv[2]);
const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
const queue = new Queue('raw', { connection, prefix });
const wire = openWire({ url, inFlight });

let posted = 0;
const worker = new Worker(
  'raw',
  async ({ data: { from, to } }) => {
    await Promise.all(Array.from({ length: to - from }, (_, i) => wire.post(from + i)));
    posted += to - from;
  },
  { connection: connection.duplicate(), prefix, concurrency: SLICES_AT_ONCE, autorun: false },
);

await wire.warmUp();
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
await Promise.all([queue.close(), wire.close()]);
connection.disconnect();
process.send({ perSecond: count / seconds }, () => process.exit());
