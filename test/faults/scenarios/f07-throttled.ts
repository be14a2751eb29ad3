import { NUMBERS } from '../../morning/platform.js';
import { RUN_TIMES } from '../../morning/run-plan.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

/** Planned rate of a number: 600 advisors in 60 s on two numbers. */
const PLANNED_PER_S = 5;
/** What is left of the first number's 80 messages a second. */
const LEFT_OF_IT = 0.05;

/**
 * Meta refuses: 130429 for everybody for ten seconds, then a number's throughput falls below what is asked of it without a word, single people
 * are too often written to (131056), and a number is restricted (131048). Nothing is sent twice for it, and no retries are burnt.
 */
export const scenario: Scenario = {
  id: 'F7',
  title: '130429 for 10 s, a silent limit, 131056, 131048',
  invariants: ALL_INVARIANTS,
  expect: { rateLimited: true },
  morning: { advisors: 600, times: RUN_TIMES, env: { scheduler: { SPREAD: 'duration:60s' } } },
  async run(context) {
    const { platform } = context;
    await platform.addFault({ kind: 'error', code: 130_429, from: '05:59:40', until: '05:59:50' });
    await platform.addFault({ kind: 'error', code: 131_056, share: 0.05, from: '05:59:50', until: '06:00:20' });
    await context.at(25);
    const storm = await platform.posts({ code: 130_429 });
    context.bit(`${storm} POSTs were refused in ten seconds of 130429`, storm > 0);
    context.demand('a storm is answered by slowing down', storm < 10 * 2 * PLANNED_PER_S);

    await platform.act({ do: 'scale-throughput', number: 1, factor: LEFT_OF_IT });
    await context.at(42);
    const refused = (await platform.posts({ code: 130_429, phone_number_id: NUMBERS[0].id })) - storm / 2;
    context.bit(`the first number was refused ${Math.round(refused)} times more after its limit fell silently`, refused > 0);
    const pair = await platform.posts({ code: 131_056 });
    context.bit(`${pair} people were written to too often (131056)`, pair > 0);

    await platform.addFault({ kind: 'error', code: 131_048, number: 2, times: 1 });
    await context
      .until('the second number is restricted', async () => (await platform.posts({ code: 131_048 })) > 0, 15_000)
      .catch(() => undefined);
    context.bit('the second number was restricted (131048) with deliveries waiting', (await platform.posts({ code: 131_048 })) > 0);
    await context.at(110);
    const later = await platform.posts({ code: 131_048 });
    context.demand(`a restricted number is left alone (${later} refusals)`, later < 20);
  },
};
