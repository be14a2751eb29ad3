import { RUN_TIMES } from '../../morning/run-plan.js';
import { cutRedisFile, emptyRedis, fillRedis, killRedis, stallRedis } from '../nemesis/redis.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

/** Real seconds: longer than BullMQ's lock, shorter than anybody's patience. */
const STALL_S = 10;
const FULL_S = 4;

/** Everything that can happen to the queues' store, one after the other. It only wakes us up: no delivery may be lost or doubled. */
export const scenario: Scenario = {
  id: 'F12',
  title: 'Redis: emptied, killed, its file cut, stalled, full',
  invariants: ALL_INVARIANTS,
  morning: { times: RUN_TIMES },
  ownStack: true,
  async run(context) {
    await context.at(context.random.int(10, 20));
    await emptyRedis(context);
    await context.at(50);
    await killRedis(context);
    await context.at(90);
    await cutRedisFile(context);
    await context.at(130);
    await stallRedis(context, STALL_S);
    await context.at(200);
    await fillRedis(context, FULL_S);
  },
};
