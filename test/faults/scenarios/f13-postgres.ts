import { RUN_TIMES } from '../../morning/run-plan.js';
import { causeDeadlock, exhaustPool, killPostgres, POOL_SIZE, refuseConnections, stallPostgres } from '../nemesis/postgres.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

/** Real seconds. */
const AWAY_S = 4;
const STALL_S = 5;
const NO_CONNECTION_S = 3;
const EXHAUSTED_S = 5; // half a lease

/** Everything that can happen to the store that is the truth, one after the other. */
export const scenario: Scenario = {
  id: 'F13',
  title: 'PostgreSQL: killed, stalled, no connection, the pool exhausted, deadlocks',
  invariants: ALL_INVARIANTS,
  morning: { times: RUN_TIMES, env: { sender: { DATABASE_POOL_SIZE: String(POOL_SIZE) } } },
  ownStack: true,
  async run(context) {
    await context.slowAnswers();
    await context.at(context.random.int(10, 20));
    await killPostgres(context, AWAY_S);
    await context.at(95);
    await stallPostgres(context, STALL_S);
    await context.at(130);
    await refuseConnections(context, NO_CONNECTION_S);
    await context.at(155);
    await exhaustPool(context, EXHAUSTED_S);
    await context.at(190);
    await causeDeadlock(context);
  },
};
