import { seededRandom, type SeededRandom } from '@daybreak/kernel';
import { RUN_TIMES } from '../morning/run-plan.js';
import type { FaultContext } from './context.js';
import { inCompany } from './in-company.js';
import { killKafka, stallKafka } from './nemesis/kafka.js';
import { spoilLinks } from './nemesis/links.js';
import { killOwner, rollSenders, stopOwner } from './nemesis/owner.js';
import { killIngest, spoilWebhooks, writeStop } from './nemesis/people.js';
import { banNumber, loseAnswers, pauseTemplate, refuseForRate, revokeToken } from './nemesis/platform.js';
import { causeDeadlock, killPostgres, refuseConnections, stallPostgres } from './nemesis/postgres.js';
import { emptyRedis, fillRedis, killRedis, stallRedis } from './nemesis/redis.js';
import { ALL_INVARIANTS, type Expectation, type Scenario } from './scenario.js';

interface Nemesis {
  readonly name: string;
  /** What it strikes. Two of a morning never strike the same: one would undo the other. */
  readonly on: 'owner' | 'redis' | 'postgres' | 'kafka' | 'answers' | 'number' | 'template' | 'token' | 'people' | 'webhooks' | 'links';
  /** How long it is felt, real seconds, in round figures. */
  readonly lastsS: number;
  readonly expect?: Partial<Expectation>;
  strike(context: FaultContext): Promise<unknown>;
}

/** A take-over while the lease's own store may be away. */
const TAKE_OVER_IN_COMPANY_S = 45;
const STOPS_ARE_JUDGED_AT_S = 240;

/** What a composed morning may meet. Seconds are real, where they are not said to be the clock's. */
const NEMESES: readonly Nemesis[] = [
  {
    name: 'an owner is killed',
    on: 'owner',
    lastsS: 15,
    strike: async (context) => context.services.restart(await killOwner(context, TAKE_OVER_IN_COMPANY_S)),
  },
  { name: 'an owner is stopped for 12 s', on: 'owner', lastsS: 15, strike: stopOwnerFor12 },
  { name: 'the senders are restarted one by one', on: 'owner', lastsS: 20, strike: rollSenders },
  { name: 'Redis is emptied', on: 'redis', lastsS: 2, strike: emptyRedis },
  { name: 'Redis is killed', on: 'redis', lastsS: 3, strike: killRedis },
  { name: 'Redis is stalled for 6 s', on: 'redis', lastsS: 6, strike: (context) => stallRedis(context, 6) },
  { name: 'Redis is full for 4 s', on: 'redis', lastsS: 4, strike: (context) => fillRedis(context, 4) },
  { name: 'PostgreSQL is killed', on: 'postgres', lastsS: 10, strike: (context) => killPostgres(context, 2) },
  { name: 'PostgreSQL is stalled for 5 s', on: 'postgres', lastsS: 6, strike: (context) => stallPostgres(context, 5) },
  { name: 'the sender gets no connection for 4 s', on: 'postgres', lastsS: 6, strike: (context) => refuseConnections(context, 4) },
  { name: 'deadlocks', on: 'postgres', lastsS: 5, strike: causeDeadlock },
  { name: 'Kafka is killed for 5 s', on: 'kafka', lastsS: 12, strike: (context) => killKafka(context, 5) },
  { name: 'Kafka is silent for 6 s', on: 'kafka', lastsS: 10, strike: (context) => stallKafka(context, 6) },
  { name: 'answers are lost for 20 s of the clock', on: 'answers', lastsS: 15, strike: (context) => loseAnswers(context, 20) },
  {
    name: '130429 for 5 s of the clock',
    on: 'answers',
    lastsS: 5,
    expect: { rateLimited: true },
    strike: (context) => refuseForRate(context, 5),
  },
  { name: 'a number is banned', on: 'number', lastsS: 15, strike: banNumber },
  { name: 'a template is paused', on: 'template', lastsS: 15, strike: pauseTemplate },
  { name: 'the token is revoked', on: 'token', lastsS: 15, expect: { onTime: 0, everybody: false }, strike: revokeToken },
  { name: 'one in twenty writes STOP', on: 'people', lastsS: 5, strike: (context) => writeStop(context, STOPS_ARE_JUDGED_AT_S) },
  { name: 'webhooks come late, twice and out of order', on: 'webhooks', lastsS: 45, strike: (context) => spoilWebhooks(context, 60) },
  { name: 'ingest is killed for 3 s', on: 'webhooks', lastsS: 8, strike: (context) => killIngest(context, 3) },
  {
    name: 'every link is slow for 8 s',
    on: 'links',
    lastsS: 10,
    strike: (context) => spoilLinks(context, { latencyMs: 150, jitterMs: 75 }, 8),
  },
  {
    name: 'every link loses connections for 6 s',
    on: 'links',
    lastsS: 10,
    strike: (context) => spoilLinks(context, { resetShare: 0.01 }, 6),
  },
];

async function stopOwnerFor12(context: FaultContext): Promise<void> {
  const stop = await stopOwner(context, 12);
  await context.realSeconds(3); // time for a zombie to send, if it would
  const posts = stop.lostTheShard ? await stop.postsOfTheZombie() : 0;
  context.demand(`who was stopped sends nothing under the epoch that it lost (${posts} POSTs)`, posts === 0);
}

/** In a window of 300 s, so that first attempts still wait when the last of them strikes. */
const FIRST_AT_S = 10;
const LAST_AT_S = 120;
/** The next of a morning strikes this soon after the last, or anywhere. Of the run's clock. */
const SOON_S = 25;
const SOON_SHARE = 0.6;
const SPEED = 4;
/** A consumer that lost its answers and its group on a bad link needs more than a real minute to be back. */
const SEALED_LATER = { ...RUN_TIMES, LIVE_SEAL_AT: '06:09:00' };

/** Beside another fault more may be late, and what proves a send may come after it was given up: then two messages are allowed, if the report owns up. */
const IN_COMPANY: Partial<Expectation> = { onTime: 0.95, duplicates: 'disclosed' };

/** A nemesis and its instant, in seconds of the window. */
interface Strike {
  readonly atS: number;
  readonly nemesis: Nemesis;
}

/** One to three faults, at instants nobody chose, often at once: the same ones for the same seed. */
export function composedOf(seed: number): Scenario {
  const strikes = strikesOf(seededRandom(`composed/${seed}`));
  const isAlone = (one: Strike): boolean => !strikes.some((other) => other !== one && overlap(one, other));
  const hasBadLinks = strikes.some(({ nemesis }) => nemesis.on === 'links');
  return {
    id: 'RANDOM',
    title: strikes.map(({ atS, nemesis }) => `T+${atS} ${nemesis.name}`).join(', '),
    invariants: ALL_INVARIANTS,
    expect: Object.assign(
      {},
      strikes.every(isAlone) ? {} : IN_COMPANY,
      ...strikes.map(({ nemesis }) => nemesis.expect ?? {}),
    ) as Partial<Expectation>,
    morning: { speed: SPEED, times: hasBadLinks ? SEALED_LATER : RUN_TIMES },
    ownStack: true,
    badNetwork: hasBadLinks,
    async run(context) {
      await context.slowAnswers();
      await Promise.all(
        strikes.map(async (one) => {
          await context.at(one.atS);
          await one.nemesis.strike(isAlone(one) ? context : inCompany(context));
        }),
      );
    },
  };
}

function strikesOf(random: SeededRandom): Strike[] {
  const strikes: Strike[] = [];
  const wanted = random.int(1, 3);
  while (strikes.length < wanted) {
    const nemesis = random.pick(NEMESES);
    const last = strikes.at(-1)?.atS;
    const isSoon = last !== undefined && random.chance(SOON_SHARE);
    const atS = isSoon ? random.int(last, Math.min(LAST_AT_S, last + SOON_S)) : random.int(FIRST_AT_S, LAST_AT_S);
    if (!strikes.some((strike) => strike.nemesis.on === nemesis.on)) strikes.push({ atS, nemesis });
  }
  return strikes.sort((a, b) => a.atS - b.atS);
}

/** Whether one is still felt when the other strikes. */
function overlap(one: Strike, other: Strike): boolean {
  const [first, second] = one.atS <= other.atS ? [one, other] : [other, one];
  return second.atS < first.atS + first.nemesis.lastsS * SPEED;
}
