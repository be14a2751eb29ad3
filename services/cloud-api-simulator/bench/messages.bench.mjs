// How many messages one simulator process answers, three webhooks each: sent, delivered and read, posted to a receiver that answers
// at once. The simulator has one core to itself, clients and receiver another one, where `taskset` can say so.
// Run from the repository's root after a build: `make bench-simulator`.
import { execFileSync, fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    inflight: { type: 'string', default: '64' },
    batch: { type: 'string', default: '100' },
  },
});
const seconds = Number(values.seconds);
const inflight = Number(values.inflight);
const NUMBERS = 16; // at 1 000 messages/s each, so that no limit is met
const TOKEN = 'bench-system-user-token';

const ids = Array.from({ length: NUMBERS }, (_, i) => String(106_540_352_243_000 + i));
const settings = {
  apps: [{ id: '1032457986104517', secret: 'bench' }],
  tokens: [{ token: TOKEN, appId: '1032457986104517' }],
  portfolios: [{ id: '942647313864044' }],
  wabas: [{ id: '102290129340398', portfolioId: '942647313864044', subscribedAppIds: ['1032457986104517'] }],
  numbers: ids.map((id, i) => ({ id, wabaId: '102290129340398', phoneNumber: `+91804718${String(1_000 + i)}`, throughput: 1_000 })),
  templates: [
    {
      wabaId: '102290129340398',
      name: 'daily_pack_v1',
      language: 'en',
      category: 'MARKETING',
      parameterFormat: 'NAMED',
      components: [{ type: 'BODY', text: 'Good morning {{name}}, your pack is here.' }],
    },
  ],
  recipients: {
    shares: {
      notOnWhatsApp: 0,
      phoneOff: 0,
      capped: 0,
      holdout: 0,
      optedOut: 0,
      blocks: 0,
      stops: 0,
      taps: 0,
      reads: 1,
      readWithoutDelivered: 0,
    },
  },
  journey: Object.fromEntries(
    ['sentAfter', 'deliveredAfter', 'readAfter', 'failedAfter'].map((name) => [name, { medianMs: 500, p95Ms: 1_500, maxMs: 3_000 }]),
  ),
  webhooks: {
    batchMax: Number(values.batch),
    lingerMs: 20,
    duplicateShare: 0,
    reorderShare: 0,
    lag: { medianMs: 100, p95Ms: 300, maxMs: 1_000 },
  },
};

const folder = await mkdtemp(join(tmpdir(), 'simulator-bench-'));
await writeFile(join(folder, 'settings.yaml'), JSON.stringify(settings)); // JSON is YAML

let updates = 0;
const receiver = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    updates += Buffer.concat(chunks).toString('latin1').split('"status":"').length - 1;
    response.end();
  });
});
await new Promise((done) => receiver.listen(0, '127.0.0.1', done));

const pinned = pin();
const simulator = fork(resolve(import.meta.dirname, '../dist/main.js'), {
  ...(pinned ? { execPath: 'taskset', execArgv: ['-c', '0', process.execPath] } : {}),
  env: {
    HTTP_PORT: '0',
    HTTP_HOST: '127.0.0.1',
    LOG_LEVEL: 'warn',
    SIM_CONFIG: join(folder, 'settings.yaml'),
    SIM_LEDGER_FILE: join(folder, 'ledger.ndjson'),
    SIM_WEBHOOK_URL: `http://127.0.0.1:${receiver.address().port}/`,
  },
});
const { port } = await new Promise((ready) => simulator.on('message', ready));

const pool = new Pool(`http://127.0.0.1:${port}`, { connections: inflight });
let sent = 0;
let accepted = 0;
const latencies = [];
const endsAt = performance.now() + seconds * 1_000;
const body = (n) =>
  JSON.stringify({
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: `+9198${String(10_000_000 + n)}`,
    type: 'template',
    biz_opaque_callback_data: `d.main-20261124-0600.3f0c7a1e-7c2b-5d0c-9a57-${String(n).padStart(12, '0')}.1.1`,
    template: {
      name: 'daily_pack_v1',
      language: { code: 'en' },
      components: [{ type: 'body', parameters: [{ type: 'text', parameter_name: 'name', text: 'Asha' }] }],
    },
  });
async function sendUntilTheEnd() {
  while (performance.now() < endsAt) {
    const n = sent++;
    const startedAt = performance.now();
    const response = await pool.request({
      method: 'POST',
      path: `/v24.0/${ids[n % NUMBERS]}/messages`,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: body(n),
    });
    await response.body.dump();
    latencies.push(performance.now() - startedAt);
    if (response.statusCode === 200) accepted += 1;
  }
}
const cpuOf = async () => {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1]);
};

/** Keeps this process off the simulator's core. False where there is no second core, or no way to say so. */
function pin() {
  try {
    if (cpus().length < 2) return false;
    execFileSync('taskset', ['-a', '-cp', '1', String(process.pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const cpuBefore = await cpuOf();
const startedAt = performance.now();
await Promise.all(Array.from({ length: inflight }, sendUntilTheEnd));
const tookSeconds = (performance.now() - startedAt) / 1_000;
for (let before = -1; updates !== before && updates < 3 * accepted; await new Promise((go) => setTimeout(go, 2_000))) before = updates;
const cpu = (await cpuOf()) - cpuBefore;

latencies.sort((a, b) => a - b);
const percentile = (p) => `${latencies[Math.floor(latencies.length * p)]?.toFixed(1)} ms`;
process.stdout.write(
  [
    `machine      ${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, Node ${process.versions.node}; simulator ${pinned ? 'on a core of its own' : 'not pinned'}`,
    `messages     ${accepted} accepted of ${sent} in ${tookSeconds.toFixed(1)} s: ${Math.round(accepted / tookSeconds)}/s, ${inflight} in flight, p50 ${percentile(0.5)}, p99 ${percentile(0.99)}`,
    `webhooks     ${updates} updates received (${(updates / accepted).toFixed(3)} a message), up to ${values.batch} a POST`,
    `simulator    ${cpu.toFixed(1)} CPU s in all: ${Math.round(accepted / cpu)} messages with their webhooks for each CPU second`,
    '',
  ].join('\n'),
);
simulator.kill('SIGTERM');
receiver.closeAllConnections();
receiver.close();
await pool.destroy();
await rm(folder, { recursive: true, force: true });
