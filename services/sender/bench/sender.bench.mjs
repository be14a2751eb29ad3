// What one shard sends, how evenly, how punctually, at what price, and what a kill -9 leaves behind: a built sender, real stores, a responder of
// its own. Everything is a ratio or has its limit beside it; compare those, not machines. From the repository's root, after a build:
//
//   node --disable-warning=TimeoutNegativeWarning services/sender/bench/sender.bench.mjs [--only speed,throttle,due,in-flight,kill,fold] [--messages 20000] [--rounds 3] [--json] [--node-options <options of the sender's Node>]
//
// Exits with 1 when a target is missed.
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { medianOf } from './figures.mjs';
import { dueError, foldRate, inFlightNeeded, kill, speed, throttle } from './parts.mjs';
import { judged, printed } from './report.mjs';
import { LIFTED, openWorld } from './world.mjs';

const ALL = ['speed', 'throttle', 'due', 'in-flight', 'kill', 'fold'];
const MOST_PEOPLE = 20_000; // the warm-up
/** Connected, statements known, and compiled: what is measured is what a shard sustains. */
const WARM_UP_MESSAGES = 20_000;
const IN_FLIGHT = 512; // the default of SHARD_IN_FLIGHT

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: ALL.join() },
    messages: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '3' }, // of the speed; each with its own raw and bare loop
    json: { type: 'boolean', default: false },
    'node-options': { type: 'string' }, // e.g. `--cpu-prof --cpu-prof-dir=/tmp/profile`
  },
});
const wanted = new Set(values.only.split(','));
const unknown = [...wanted].filter((part) => !ALL.includes(part));
if (unknown.length > 0) throw new Error(`--only knows ${ALL.join()}, not ${unknown.join()}`);
const messages = Number(values.messages);
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds is how many, at least 1, not ${values.rounds}`);

const world = await openWorld();
let finished = false;
const result = {
  machine: `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}`,
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD']).toString().trim(),
  stores: `${world.stack.key}: PostgreSQL (fsync on), Redis (AOF every second), Apache Kafka (one broker, acks -1)`,
};
try {
  await world.people(Math.max(messages, MOST_PEOPLE));
  await world.allow(LIFTED);
  if (ALL.some((part) => part !== 'kill' && wanted.has(part))) await withOnePod();
  if (wanted.has('kill')) result.kill = await forEach([0, 60], (latencyMs) => kill(world, { messages, killAt: messages * 0.4, latencyMs }));
  finished = true;
} finally {
  await world.close({ keepLogs: !finished });
}
const verdict = judged(result);
process.stdout.write(values.json ? `${JSON.stringify({ ...result, verdict }, undefined, 2)}\n` : printed(result, verdict));
if (verdict.some(({ met }) => !met)) process.exitCode = 1;

async function withOnePod() {
  const pods = await world.pods(['sender-0'], values['node-options'] ? { NODE_OPTIONS: values['node-options'] } : {});
  try {
    await speed(world, pods, { messages: WARM_UP_MESSAGES, latencyMs: 0, inFlight: IN_FLIGHT });
    if (wanted.has('speed')) {
      // In turns: what the machine does meanwhile falls on both.
      const measured = await forEach(Array.from({ length: rounds }), () =>
        forEach([0, 60], (latencyMs) => speed(world, pods, { messages, latencyMs, inFlight: IN_FLIGHT })),
      );
      result.speed = measured[0].map((_, which) => medianOf(measured.map((round) => round[which])));
      result.sharesOfRaw = measured[0].map((_, which) => measured.map((round) => round[which].shareOfRaw));
      result.senderPeakMegabytes = Math.max(...measured.flat().map((one) => one.senderPeakMegabytes));
    }
    if (wanted.has('throttle')) result.throttle = await forEach([20, 80, 1_000], (allowed) => throttle(world, { allowed, seconds: 8 }));
    if (wanted.has('due')) result.due = await dueError(world, { perSecond: 80, seconds: 12 });
    if (wanted.has('in-flight'))
      result.inFlight = await forEach([60, 300], (latencyMs) => inFlightNeeded(world, { latencyMs, seconds: 5 }));
    if (wanted.has('fold')) result.fold = await foldRate(world, pods, { messages });
  } finally {
    await pods.stopAll();
  }
}

/** One after the other. */
async function forEach(cases, measure) {
  const measured = [];
  for (const one of cases) {
    measured.push(await measure(one));
  }
  return measured;
}
