import { RUN_TIMES } from '../../morning/run-plan.js';
import { demandDeposed, stopOwner } from '../nemesis/owner.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

/** The three stops are 54 real seconds: at 3×, 162 of the window's 300. */
const SPEED = 3;

/** The owner of a shard is stopped and goes on later: for less than its lease, for a little more, and for far more. A zombie sends nothing. */
export const scenario: Scenario = {
  id: 'F3',
  title: 'the owner of a shard is stopped for 2, 12 and 40 s',
  invariants: ALL_INVARIANTS,
  morning: { speed: SPEED, times: RUN_TIMES },
  async run(context) {
    await context.slowAnswers();
    await context.at(context.random.int(5, 15));
    const short = await stopOwner(context, 2);
    context.demand('it keeps the shard in 2 s', !short.lostTheShard);
    await context.realSeconds(2);
    const long = await stopOwner(context, 12);
    await context.realSeconds(5); // the pod whose shard it is asks for it back
    const longest = await stopOwner(context, 40);
    await context.realSeconds(5); // time for a zombie to send, if it would
    await demandDeposed(context, '12 s', long);
    await demandDeposed(context, '40 s', longest);
  },
};
