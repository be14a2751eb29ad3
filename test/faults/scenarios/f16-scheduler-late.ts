import { RUN_TIMES } from '../../morning/run-plan.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

/** The only scheduler is dead when the plan should be frozen and staged, and comes back when the window has been open for 50 s. */
export const scenario: Scenario = {
  id: 'F16-LATE',
  title: 'no scheduler until T+50',
  invariants: ALL_INVARIANTS,
  morning: { times: RUN_TIMES },
  async run(context) {
    await context.services.kill('scheduler');
    await context.at(50);
    const sent = (await context.postedTo()).size;
    context.bit(
      `the window had been open for 50 s and nothing was staged (${await context.deliveries(['QUEUED'])}) or sent (${sent})`,
      sent === 0,
    );
    context.frozenAtMs = context.morning.clock.nowMs(); // who has written STOP by now will not be in the plan
    await context.services.restart('scheduler');
    await context.until('the late plan is being sent', async () => (await context.postedTo()).size > 0);
    context.note(`the first message left at T+${context.secondsIntoWindow.toFixed(0)}`);
  },
};
