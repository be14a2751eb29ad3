import type { FaultContext } from '../context.js';

/* What can happen to the process that owns a shard. */

/** Take-over at most: the lease's 10 s, a tick of 1 s, and a busy machine. Real seconds. */
const TAKE_OVER_S = 15;

const SHARDS = ['shard-1', 'shard-2'] as const;

/** With -9. A spare pod, or any other, takes over and settles what was on the wire. Resolves when it did. */
export async function killOwner(context: FaultContext): Promise<string> {
  const shardId = context.random.pick(SHARDS);
  const victim = await context.demandOwnerOf(shardId);
  await context.services.kill(victim);
  const killedAtMs = performance.now();
  await proveWork(context, `${victim} was killed owning ${shardId}`, shardId);

  await context.until(`somebody else owns ${shardId}`, async () => ![undefined, victim].includes(await context.ownerOf(shardId)));
  const tookOverS = (performance.now() - killedAtMs) / 1_000;
  context.note(`${await context.ownerOf(shardId)} took ${shardId} over after ${tookOverS.toFixed(1)} s`);
  context.demand(`the take-over took no more than ${TAKE_OVER_S} s`, tookOverS <= TAKE_OVER_S);
  return victim;
}

/** SIGSTOP, and SIGCONT so many real seconds later: a zombie sends nothing. */
export async function stopOwner(context: FaultContext, seconds: number): Promise<{ readonly lostTheShard: boolean }> {
  const shardId = context.random.pick(SHARDS);
  const owner = await context.demandOwnerOf(shardId);
  context.services.pause(owner);
  await proveWork(context, `${owner} was stopped for ${seconds} s owning ${shardId}`, shardId);
  const before = await context.epochOf(shardId);
  await context.realSeconds(seconds);
  const after = await context.epochOf(shardId);
  context.services.resume(owner);
  context.note(`epoch of ${shardId} before and after the ${seconds} s: ${before}, ${after}`);
  return { lostTheShard: after > before };
}

async function proveWork(context: FaultContext, what: string, shardId: string): Promise<void> {
  const [onTheWire, waiting] = [await context.deliveries(['CLAIMED'], shardId), await context.deliveries(['QUEUED'], shardId)];
  context.bit(`${what}: ${onTheWire} claimed, ${waiting} waiting`, onTheWire > 0 && waiting > 0);
}
