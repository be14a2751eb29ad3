import { killKafka, poison, rebalanceStorm, stallKafka } from '../nemesis/kafka.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';
import { webhookInvariants } from '../webhook-invariants.js';

/** Real seconds. */
const KILLED_S = 3;
const STALLED_S = 15; // a minute of the run's clock
const STORM_S = 8;

/** The broker dies and comes back, answers nobody for a minute, its groups never come to rest, and a record nobody can read lies in the way. */
export const scenario: Scenario = {
  id: 'F14',
  title: 'Kafka: killed, silent for a minute, rebalancing, poisoned',
  invariants: ALL_INVARIANTS,
  ownStack: true,
  async run(context) {
    await context.at(5);
    await poison(context);
    await context.at(15);
    await killKafka(context, KILLED_S);
    await context.at(60);
    await stallKafka(context, STALLED_S);
    await context.at(140);
    await rebalanceStorm(context, STORM_S);
    await webhookInvariants(context);
  },
};
