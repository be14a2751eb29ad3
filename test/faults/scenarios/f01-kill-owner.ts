import { killOwner } from '../nemesis/owner.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

/** The owner of a shard is killed with -9 in mid-window, with requests on the wire. */
export const scenario: Scenario = {
  id: 'F1',
  title: 'the owner of a shard is killed',
  invariants: ALL_INVARIANTS,
  async run(context) {
    await context.slowAnswers();
    await context.at(context.random.int(20, 45));
    await killOwner(context);
  },
};
