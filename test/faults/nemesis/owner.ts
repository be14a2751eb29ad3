import { NUMBERS } from '../../morning/platform.js';
import { RUN_ID } from '../../morning/run-plan.js';
import type { LedgerLine } from '../../witness/ledger.js';
import type { FaultContext } from '../context.js';

/* What can happen to the process that owns a shard. */

/** Take-over at most: the lease's 10 s, a tick of 1 s, and a busy machine. Real seconds. */
const TAKE_OVER_S = 15;

const SHARDS = ['shard-1', 'shard-2'] as const;

/**
 * With -9. A spare pod, or any other, takes over and settles what was on the wire. Resolves when it did.
 * @param withinS how long that may take; more where the lease's own store may be away meanwhile
 */
export async function killOwner(context: FaultContext, withinS = TAKE_OVER_S): Promise<string> {
  const shardId = context.random.pick(SHARDS);
  const victim = await context.demandOwnerOf(shardId);
  await context.services.kill(victim);
  const killedAtMs = performance.now();
  await proveWork(context, `${victim} was killed owning ${shardId}`, shardId);

  await context.until(
    `somebody else owns ${shardId}`,
    async () => ![undefined, victim].includes(await context.ownerOf(shardId)),
    2_000 * withinS,
  );
  const tookOverS = (performance.now() - killedAtMs) / 1_000;
  context.note(`${await context.ownerOf(shardId)} took ${shardId} over after ${tookOverS.toFixed(1)} s`);
  context.demand(`the take-over took no more than ${withinS} s`, tookOverS <= withinS);
  return victim;
}

/** What became of an owner that was stopped. */
export interface Stop {
  readonly lostTheShard: boolean;
  /** POSTs of its number under the epoch that it had, since it went on. */
  postsOfTheZombie(): Promise<number>;
}

/** SIGSTOP, and SIGCONT so many real seconds later: a zombie sends nothing. */
export async function stopOwner(context: FaultContext, seconds: number): Promise<Stop> {
  const shardId = context.random.pick(SHARDS);
  const owner = await context.demandOwnerOf(shardId);
  context.services.pause(owner);
  await proveWork(context, `${owner} was stopped for ${seconds} s owning ${shardId}`, shardId);
  const before = await context.epochOf(shardId);
  await context.realSeconds(seconds);
  const after = await context.epochOf(shardId);
  const goesOnAtMs = context.morning.clock.nowMs();
  context.services.resume(owner);
  context.note(`epoch of ${shardId} before and after the ${seconds} s: ${before}, ${after}`);
  return {
    lostTheShard: after > before,
    postsOfTheZombie: async () => {
      const { id } = numberOf(shardId);
      return (await context.ledger()).filter((line) => isPost(line, id) && line.atMs > goesOnAtMs && epochIn(line) <= before).length;
    },
  };
}

/** Demands of a stop that was longer than the lease: another pod has the shard, and the zombie sends nothing any more. */
export async function demandDeposed(context: FaultContext, what: string, stop: Stop): Promise<void> {
  context.demand(`the shard has a new epoch after ${what}`, stop.lostTheShard);
  const posts = await stop.postsOfTheZombie();
  context.demand(`who was stopped for ${what} sends nothing under the epoch that it lost (${posts} POSTs)`, posts === 0);
}

const isPost = (line: LedgerLine, phoneNumberId: string): boolean =>
  line.kind === 'request' && line.phoneNumberId === phoneNumberId && line.reference?.startsWith(`d.${RUN_ID}.`) === true;

/** `d.<run>.<delivery>.<attempt>.<epoch>` */
const epochIn = (line: LedgerLine): number => Number(line.reference?.split('.')[4]);

function numberOf(shardId: string): (typeof NUMBERS)[number] {
  const found = NUMBERS.find((number) => number.shardId === shardId);
  if (found === undefined) throw new Error(`there is no ${shardId}`);
  return found;
}

/** SIGTERM to one sender after the other, each started again before the next. */
export async function rollSenders(context: FaultContext): Promise<void> {
  const before = await context.deliveries(['QUEUED']);
  for (const sender of context.senders) await context.services.restart(sender);
  const after = await context.deliveries(['QUEUED']);
  context.bit(
    `${context.senders.length} senders were restarted while the waiting went from ${before} to ${after}`,
    before > after && after > 0,
  );
}

async function proveWork(context: FaultContext, what: string, shardId: string): Promise<void> {
  const [onTheWire, waiting] = [await context.deliveries(['CLAIMED'], shardId), await context.deliveries(['QUEUED'], shardId)];
  context.bit(`${what}: ${onTheWire} claimed, ${waiting} waiting`, onTheWire > 0 && waiting > 0);
}
