import { RUN_TIMES } from '../../morning/run-plan.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

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
    let mostAmbiguous = 0;
    let done = false;
    const watch = (async () => {
      while (!done) {
        mostAmbiguous = Math.max(mostAmbiguous, await context.deliveries(['AMBIGUOUS']));
        await context.realSeconds(0.2);
      }
    })();
    const others = Object.keys(context.services.urls).filter((name) => name !== 'cloud-api-simulator' && !context.senders.includes(name));
    const roll = async (instances: readonly string[]): Promise<void> => {
      for (const instance of instances) await context.services.restart(instance);
    };
    await Promise.all([roll(context.senders), roll(others)]);
    done = true;
    await watch;
    const after = await context.deliveries(['QUEUED']);
    context.bit(
      `${context.senders.length + others.length} processes were restarted while the waiting went from ${before} to ${after}`,
      before > after && after > 0,
    );
    context.demand(`nothing becomes ambiguous (${mostAmbiguous} did)`, mostAmbiguous === 0);
  },
};
