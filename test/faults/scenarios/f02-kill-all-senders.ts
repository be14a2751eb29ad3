import { RUN_TIMES } from '../../morning/run-plan.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

const AWAY_S = 20;

/** Every sender is killed with -9 in mid-window; twenty real seconds later they are started again. */
export const scenario: Scenario = {
  id: 'F2',
  title: `all senders are killed for ${AWAY_S} s`,
  invariants: ALL_INVARIANTS,
  morning: { times: RUN_TIMES },
  async run(context) {
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
    await Promise.all(context.senders.map((sender) => context.services.restart(sender)));
    context.note(`all of them were back at T+${context.secondsIntoWindow.toFixed(0)}`);
  },
};
