import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

const AHEAD_MS = 90_000;

/** Three schedulers, one 90 s ahead and one 90 s behind: the run is one row, frozen once, and nobody is sent to early. */
export const scenario: Scenario = {
  id: 'F16-SKEW',
  title: 'schedulers whose clocks differ by ±90 s',
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
    await context.at(60);
    const runs = await context.sql('scheduler', 'select run_id from run');
    context.demand(`there is one run (${runs.length})`, runs.length === 1);
  },
};
