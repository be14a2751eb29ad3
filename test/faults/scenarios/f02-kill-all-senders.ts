import { NUMBERS } from '../../morning/platform.js';
import { RUN_ID, RUN_TIMES } from '../../morning/run-plan.js';
import { mostInASecond } from '../../witness/figures.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

const AWAY_S = 20;
/** What four processes still do, on two cores, after they said that they are ready. */
const STARTED_S = 3;
/** When the window closes. */
const CLOSES_S = 300;
/** Messages per second that an operator allows each number: few enough for the morning to run at its limit while it catches up. */
const LIMIT = 20;
/** Share of its limit that a number reaches at least when it has a backlog. */
const CATCHES_UP_AT = 0.8;

/** Every sender is killed with -9 in mid-window; twenty real seconds later they are started again. */
export const scenario: Scenario = {
  id: 'F2',
  title: `all senders are killed for ${AWAY_S} s`,
  invariants: ALL_INVARIANTS,
  expect: { numberLimit: LIMIT },
  // In real time: the platform counts arrivals, and at 2× one that is 25 ms late is a message of a second too many.
  morning: { times: RUN_TIMES, speed: 1 },
  async run(context) {
    await context.sql(
      'sender',
      `insert into shard_control (shard_id, max_rate, actor, reason) values ('*', ${LIMIT}, 'fault', 'to see the limit held')`,
    );
    await context.slowAnswers();
    await context.at(context.random.int(20, 45));
    await Promise.all(context.senders.map((sender) => context.services.kill(sender)));
    const [onTheWire, waiting] = [await context.deliveries(['CLAIMED']), await context.deliveries(['QUEUED'])];
    context.bit(
      `all ${context.senders.length} senders were killed: ${onTheWire} claimed, ${waiting} waiting`,
      onTheWire > 0 && waiting > 0,
    );

    const before = await context.platform.posts();
    await context.realSeconds(AWAY_S);
    context.bit(`nothing was posted for ${AWAY_S} s`, (await context.platform.posts()) === before);
    await context.platform.clearFaults(); // an answer that is slow is witnessed late, and the rate would be that of the answers
    // Held until all are back: while four processes start on two cores the platform, which runs there too, sees in bursts what was sent evenly.
    await context.sql('sender', `update shard_control set paused = true where shard_id = '*'`);
    await Promise.all(context.senders.map((sender) => context.services.restart(sender)));
    await context.realSeconds(STARTED_S);
    await context.sql('sender', `update shard_control set paused = false where shard_id = '*'`);
    context.note(`all of them were back at T+${context.secondsIntoWindow.toFixed(0)}`);
    await context.at(CLOSES_S);
    const posts = (await context.ledger()).filter((line) => line.kind === 'request' && line.reference?.startsWith(`d.${RUN_ID}.`) === true);
    const most = NUMBERS.map(({ id }) => mostInASecond(posts.filter((line) => line.phoneNumberId === id).map((line) => line.atMs)));
    context.note(`most in a rolling second, by number: ${most.join(', ')} of ${LIMIT}`);
    context.bit('the catch-up ran at the numbers’ limit', Math.max(...most) >= CATCHES_UP_AT * LIMIT);
  },
};
