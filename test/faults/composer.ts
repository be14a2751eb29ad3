import { seededRandom } from '@daybreak/kernel';
import { RUN_TIMES } from '../morning/run-plan.js';
import type { FaultContext } from './context.js';
import { killKafka } from './nemesis/kafka.js';
import { killOwner, stopOwner } from './nemesis/owner.js';
import { loseAnswers, refuseForRate } from './nemesis/platform.js';
import { killPostgres, refuseConnections, stallPostgres } from './nemesis/postgres.js';
import { emptyRedis, killRedis, stallRedis } from './nemesis/redis.js';
import { ALL_INVARIANTS, type Scenario } from './scenario.js';

interface Nemesis {
  readonly name: string;
  strike(context: FaultContext): Promise<unknown>;
}

/** What a composed morning may meet. Seconds are real. */
const NEMESES: readonly Nemesis[] = [
  { name: 'an owner is killed', strike: async (context) => context.services.restart(await killOwner(context)) },
  { name: 'an owner is stopped for 12 s', strike: (context) => stopOwner(context, 12) },
  { name: 'Redis is emptied', strike: emptyRedis },
  { name: 'Redis is killed', strike: killRedis },
  { name: 'Redis is stalled for 6 s', strike: (context) => stallRedis(context, 6) },
  { name: 'PostgreSQL is killed', strike: (context) => killPostgres(context, 2) },
  { name: 'PostgreSQL is stalled for 5 s', strike: (context) => stallPostgres(context, 5) },
  { name: 'the sender gets no connection for 4 s', strike: (context) => refuseConnections(context, 4) },
  { name: 'Kafka is killed for 5 s', strike: (context) => killKafka(context, 5) },
  { name: 'answers are lost for 20 s of the clock', strike: (context) => loseAnswers(context, 20) },
  { name: '130429 for 5 s of the clock', strike: (context) => refuseForRate(context, 5) },
];

/** In a window of 300 s, so that first attempts still wait when the last of them strikes. */
const FIRST_AT_S = 10;
const LAST_AT_S = 120;

/** One to three faults, at instants nobody chose: the same ones for the same seed. */
export function composedOf(seed: number): Scenario {
  const random = seededRandom(`composed/${seed}`);
  const strikes = Array.from({ length: random.int(1, 3) }, () => ({
    atS: random.int(FIRST_AT_S, LAST_AT_S),
    nemesis: random.pick(NEMESES),
  }));
  strikes.sort((a, b) => a.atS - b.atS);
  return {
    id: 'RANDOM',
    title: strikes.map(({ atS, nemesis }) => `T+${atS} ${nemesis.name}`).join(', '),
    invariants: ALL_INVARIANTS,
    expect: { rateLimited: true },
    morning: { times: RUN_TIMES },
    ownStack: true,
    async run(context) {
      await context.slowAnswers();
      // One at a time: who strikes also looks, and cannot look into a store that another has just stopped. What they leave behind overlaps.
      for (const { atS, nemesis } of strikes) {
        await context.at(atS);
        await nemesis.strike(context);
      }
    },
  };
}
