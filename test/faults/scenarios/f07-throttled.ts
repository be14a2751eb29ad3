import { topics } from '@daybreak/contracts';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import { MESSAGES_PER_SECOND, NUMBERS } from '../../morning/platform.js';
import { RUN_TIMES } from '../../morning/run-plan.js';
import type { FaultContext } from '../context.js';
import { demandAlert, eventsOf } from '../eyes.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

/** Planned rate of a number: 900 advisors in 60 s on two numbers. */
const PLANNED_PER_S = 7.5;
/** Seconds of the window. */
const STORM = { from: 10, until: 20 };
const RECOVERED_BY = 45;
/** What is left of the first number's 80 messages a second when the storm is over and much is to be made up for: 12. */
const LEFT_OF_IT = 0.15;
/** A sender that is not told the limit has to try: half of its rate at a refusal, then 4 messages/s more with every second. One that did not adapt would be refused five times of six. */
const REFUSED_SHARE_AT_MOST = 0.5;
const PAIR_DELAY_MS = 6_000;

/**
 * Meta refuses: 130429 for everybody for ten seconds, then a number's throughput falls below what is asked of it without a word, single people
 * are too often written to (131056), and a number is restricted (131048). Nothing is sent twice for it, and no retries are burnt.
 */
export const scenario: Scenario = {
  id: 'F7',
  title: '130429 for 10 s, a silent limit, 131056, 131048',
  invariants: ALL_INVARIANTS,
  expect: { rateLimited: true },
  morning: { advisors: 900, times: RUN_TIMES, env: { scheduler: { SPREAD: 'duration:60s' } } },
  async run(context) {
    const { platform } = context;
    await platform.addFault({ kind: 'error', code: 130_429, from: '05:59:40', until: '05:59:50' });
    await platform.addFault({ kind: 'error', code: 131_056, share: 0.05, from: '05:59:50', until: '06:00:20' });
    await context.at(STORM.until);
    const storm = await platform.posts({ code: 130_429 });
    context.bit(`${storm} POSTs were refused in ten seconds of 130429`, storm > 0);
    context.demand('a storm is answered by slowing down', storm < 10 * 2 * PLANNED_PER_S);

    const beforeTheFall = await platform.posts({ code: 130_429, phone_number_id: NUMBERS[0].id });
    await platform.act({ do: 'scale-throughput', number: 1, factor: LEFT_OF_IT });
    await context.at(RECOVERED_BY);
    const refused = (await platform.posts({ code: 130_429, phone_number_id: NUMBERS[0].id })) - beforeTheFall;
    context.bit(`the first number was refused ${refused} times more after its limit fell silently`, refused > 0);
    await demandAdaption(context);
    await demandRates(context);

    await platform.addFault({ kind: 'error', code: 131_048, number: 2, times: 1 });
    await context
      .until('the second number is restricted', async () => (await platform.posts({ code: 131_048 })) > 0, 15_000)
      .catch(() => undefined);
    context.bit('the second number was restricted (131048) with deliveries waiting', (await platform.posts({ code: 131_048 })) > 0);
    await demandAlert(context, 'DaybreakBreakerOpen', { severity: 'page', labels: { scope: 'shard' } });
    await context.at(110);
    const later = await platform.posts({ code: 131_048 });
    context.demand(`a restricted number is left alone (${later} refusals)`, later < 20);
    await demandPairDelay(context);
  },
};

/** The first number tries its limit, and mostly keeps it. */
async function demandAdaption(context: FaultContext): Promise<void> {
  const fellAtMs = context.morning.instantMs('WINDOW_OPENS') + STORM.until * 1_000;
  const posts = (await context.ledger()).filter(
    (line) => line.kind === 'request' && line.phoneNumberId === NUMBERS[0].id && line.atMs > fellAtMs,
  );
  const refused = posts.filter((line) => line.code === 130_429).length;
  const left = LEFT_OF_IT * MESSAGES_PER_SECOND;
  context.note(`${refused} of ${posts.length} POSTs of a number of which ${left} messages/s were left were refused`);
  context.demand(
    `the limit that fell is adapted to (${refused} of ${posts.length} POSTs were refused)`,
    posts.length > 0 && refused <= REFUSED_SHARE_AT_MOST * posts.length,
  );
}

/** By its own reports: the rate of both numbers is halved, again and again, in the storm, and that of the second is whole again 20 s after it. */
async function demandRates(context: FaultContext): Promise<void> {
  const opensAtMs = context.morning.instantMs('WINDOW_OPENS');
  const reports = (await eventsOf(context, topics.shardReported)).map(({ shardId, allowedRate, reportedAt }) => ({
    shardId,
    allowedRate,
    atS: reportedAt === undefined ? 0 : (timestampMs(reportedAt) - opensAtMs) / 1_000,
  }));
  for (const { shardId } of NUMBERS.slice(0, 2)) {
    const ratesIn = (fromS: number, untilS: number): number[] =>
      reports
        .filter((report) => report.shardId === shardId && report.atS >= fromS && report.atS < untilS)
        .map((report) => report.allowedRate);
    const before = Math.max(...ratesIn(-60, STORM.from));
    const lowest = Math.min(...ratesIn(STORM.from, STORM.until + 5));
    context.note(`${shardId} allowed itself ${before.toFixed(1)}/s before the storm and ${lowest.toFixed(1)}/s in it`);
    context.demand(`${shardId} halves its rate (${before} to ${lowest})`, lowest <= before / 2);
    if (shardId !== 'shard-2') continue;
    const recovered = Math.max(...ratesIn(STORM.until, RECOVERED_BY));
    context.demand(`${shardId} has its rate back by T+${RECOVERED_BY} (${recovered} of ${before})`, recovered >= 0.9 * before);
  }
}

/** Who was written to too often is left alone for six seconds at least, and then written to. */
async function demandPairDelay(context: FaultContext): Promise<void> {
  const people = Map.groupBy(
    (await context.ledger()).filter((line) => line.kind === 'request' && line.to !== undefined),
    (line) => line.to ?? '',
  );
  const delays = [...people.values()].flatMap((posts) =>
    posts.flatMap(({ code, atMs }, i) => (code === 131_056 ? [(posts[i + 1]?.atMs ?? Infinity) - atMs] : [])),
  );
  context.bit(`${delays.length} POSTs were refused because that person was written to too often (131056)`, delays.length > 0);
  const hasty = delays.filter((delay) => delay < PAIR_DELAY_MS).length;
  const never = delays.filter((delay) => delay === Infinity).length;
  context.note(`the shortest wait after a 131056 was ${(Math.min(...delays) / 1_000).toFixed(1)} s`);
  context.demand(`${hasty} of them were tried again within ${PAIR_DELAY_MS / 1_000} s, ${never} never`, hasty === 0 && never === 0);
}
