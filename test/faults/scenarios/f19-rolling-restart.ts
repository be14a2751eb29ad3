import { RUN_TIMES } from '../../morning/run-plan.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';
import { transitionsOf } from '../transitions.js';

/** When the window closes. */
const CLOSES_S = 300;

/** Every service is restarted in order (SIGTERM) in mid-window, the senders one after the other, and beside them the others: nothing becomes ambiguous for it. */
export const scenario: Scenario = {
  id: 'F19',
  title: 'a rolling restart of everything',
  invariants: ALL_INVARIANTS,
  morning: { speed: 3, times: RUN_TIMES },
  async run(context) {
    await context.slowAnswers();
    await context.at(30);
    const before = await context.deliveries(['QUEUED']);
    const others = Object.keys(context.services.urls).filter((name) => name !== 'cloud-api-simulator' && !context.senders.includes(name));
    const roll = async (instances: readonly string[]): Promise<void> => {
      for (const instance of instances) await context.services.restart(instance);
    };
    await Promise.all([roll(context.senders), roll(others)]);
    const after = await context.deliveries(['QUEUED']);
    context.bit(
      `${context.senders.length + others.length} processes were restarted while the waiting went from ${before} to ${after}`,
      before > after && after > 0,
    );
    await context.at(CLOSES_S);
    const ambiguous = (await transitionsOf(context)).filter(({ state }) => state === 'AMBIGUOUS').length;
    context.demand(`nothing becomes ambiguous, all morning (${ambiguous} did)`, ambiguous === 0);
  },
};
