import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

/** Of everybody, each time. */
const SHARE = 0.05;
const KAFKA_AWAY_S = 8;

/** One in twenty writes STOP in mid-window; then as many again while Kafka answers nobody: the direct path has to do. */
export const scenario: Scenario = {
  id: 'F11',
  title: 'STOP in mid-window, also while Kafka is away',
  invariants: ALL_INVARIANTS,
  ownStack: true,
  async run(context) {
    const everybody = context.morning.phonesOf('ordinary');
    const some = Math.round(everybody.length * SHARE);
    const chosen = new Set<string>();
    while (chosen.size < 2 * some) chosen.add(context.random.pick(everybody));
    const writers = [...chosen];
    await context.at(40);
    await context.stop(writers.slice(0, some));

    await context.at(60);
    await context.stack.kafka.pause();
    await context.stop(writers.slice(some, 2 * some));
    await context.realSeconds(KAFKA_AWAY_S);
    await context.stack.kafka.resume();

    await context.at(120);
    const posted = await context.postedTo();
    for (const [when, from] of [
      ['at T+40', 0],
      ['at T+60, without Kafka', some],
    ] as const) {
      const spared = writers.slice(from, from + some).filter((phone) => !posted.has(phone)).length;
      context.bit(`${some} people wrote STOP ${when}; ${spared} of them were still to be sent to, and were not`, spared > 0);
    }
  },
};
