import { RUN_TIMES } from '../../morning/run-plan.js';
import { killKafka, poison, rebalanceStorm, stallKafka } from '../nemesis/kafka.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';
import { webhookInvariants } from '../webhook-invariants.js';

/** Real seconds; each a minute of the run's clock. */
const AWAY_S = 15;
const STALLED_S = 15;
const STORM_S = 12;

/** The broker dies and is away for a minute, answers nobody for another, its groups never come to rest, and a record nobody can read lies in the way. */
export const scenario: Scenario = {
  id: 'F14',
  title: 'Kafka: away for a minute, silent for a minute, rebalancing, poisoned',
  invariants: ALL_INVARIANTS,
  morning: { times: RUN_TIMES },
  ownStack: true,
  async run(context) {
    await context.at(3);
    await poison(context);
    await context.at(10);
    await rebalanceStorm(context, STORM_S);
    await context.at(85);
    await killKafka(context, AWAY_S);
    await context.at(170);
    await stallKafka(context, STALLED_S);
    await webhookInvariants(context);
  },
};
