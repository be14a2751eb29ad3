import { topics } from '@daybreak/contracts';
import type { FaultContext } from '../context.js';
import { eventsOf } from '../eyes.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

const AHEAD_MS = 90_000;
/** When the window closes. */
const CLOSES_S = 180;

/** Three schedulers, one 90 s ahead and one 90 s behind, who change places in mid-window: the run is one row, frozen once, and nobody is sent to early. */
export const scenario: Scenario = {
  id: 'F16-SKEW',
  title: 'schedulers whose clocks differ by ±90 s and jump',
  invariants: ALL_INVARIANTS,
  morning: {
    replicas: { scheduler: 3 },
    env: { 'scheduler-1': { DAYBREAK_CLOCK_SKEW_MS: String(AHEAD_MS) }, 'scheduler-2': { DAYBREAK_CLOCK_SKEW_MS: String(-AHEAD_MS) } },
    // The one that is ahead freezes at 05:58:40 of everybody else's clock.
    times: {
      FREEZE_AT: '06:00:10',
      STAGED_BY: '06:00:40',
      WINDOW_OPENS: '06:01:00',
      WINDOW_CLOSES: '06:04:00',
      SLA_DEADLINE: '06:04:30',
      LIVE_SEAL_AT: '06:05:15',
    },
  },
  async run(context) {
    const freezesAtMs = context.morning.instantMs('FREEZE_AT');
    let frozenEarlyMs = 0;
    await context.until(
      'the plan is frozen',
      async () => {
        const early = freezesAtMs - context.morning.clock.nowMs();
        if ((await context.deliveries(['QUEUED'])) === 0) return false;
        frozenEarlyMs = early;
        return true;
      },
      60_000,
    );
    context.bit(`the plan was frozen and staged ${Math.round(frozenEarlyMs / 1_000)} s before its time`, frozenEarlyMs > 0);
    const [planned] = await planOf(context);
    await context.at(20);
    // Both clocks jump over the others', in mid-window, and the third scheduler begins the morning once more.
    await Promise.all([
      context.services.restart('scheduler-1', { DAYBREAK_CLOCK_SKEW_MS: String(-AHEAD_MS) }),
      context.services.restart('scheduler-2', { DAYBREAK_CLOCK_SKEW_MS: String(AHEAD_MS) }),
      context.services.restart('scheduler'),
    ]);
    const waiting = await context.deliveries(['QUEUED']);
    context.bit(`two clocks jumped by ${(2 * AHEAD_MS) / 1_000} s with ${waiting} deliveries waiting`, waiting > 0);
    await context.at(CLOSES_S);
    const runs = await planOf(context);
    context.demand(`there is one run (${runs.length})`, runs.length === 1);
    context.demand(
      'its plan is the one that was frozen',
      planned !== undefined && runs[0]?.plan_hash === planned.plan_hash && planned.plan_hash !== null,
    );
    const perDelivery = Map.groupBy(await eventsOf(context, topics.deliveryPlanned), (event) => event.deliveryId);
    const times = [...perDelivery.values()].filter((events) => events.length > 1).length;
    context.demand(
      `every delivery was planned once (${times} of ${perDelivery.size} were more often)`,
      perDelivery.size > 0 && times === 0,
    );
  },
};

const planOf = (context: FaultContext): Promise<{ run_id: string; plan_hash: string | null }[]> =>
  context.sql('scheduler', 'select run_id, plan_hash from run');
