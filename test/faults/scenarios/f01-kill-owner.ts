import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

/** Answers take two seconds of the run's clock, so that the victim dies with requests on the wire. */
const ANSWER_TAKES_MS = 2_000;
/** Take-over at most: the lease's 10 s, a tick of 1 s, and a busy machine. */
const TAKE_OVER_S = 15;

/** The owner of a shard is killed with -9 in mid-window; a spare pod takes over and settles what was on the wire. */
export const scenario: Scenario = {
  id: 'F1',
  title: 'the owner of a shard is killed',
  invariants: ALL_INVARIANTS,
  async run(context) {
    await context.platform.addFault({ kind: 'slow', delayMs: ANSWER_TAKES_MS });
    await context.at(context.random.int(20, 45));
    const shardId = context.random.pick(['shard-1', 'shard-2']);
    const victim = await context.demandOwnerOf(shardId);

    await context.services.kill(victim);
    const killedAtMs = performance.now();
    const [onTheWire, waiting] = [await context.deliveries(['CLAIMED'], shardId), await context.deliveries(['QUEUED'], shardId)];
    context.bit(`${victim} was killed owning ${shardId}: ${onTheWire} claimed, ${waiting} waiting`, onTheWire > 0 && waiting > 0);
    await context.platform.clearFaults();

    await context.until(`somebody else owns ${shardId}`, async () => ![undefined, victim].includes(await context.ownerOf(shardId)));
    const tookOverS = (performance.now() - killedAtMs) / 1_000;
    context.note(`${await context.ownerOf(shardId)} took over after ${tookOverS.toFixed(1)} s`);
    context.demand(`the take-over took no more than ${TAKE_OVER_S} s`, tookOverS <= TAKE_OVER_S);
  },
};
