import { reasonOf } from '@daybreak/kernel';
import { RUN_TIMES } from '../../morning/run-plan.js';
import { SmallDisk } from '../small-disk.js';
import { notReady } from '../eyes.js';
import { redisSays } from '../nemesis/redis.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

const DISK_MB = 1_200;
const FULL_S = 6;
/** More than the rest of the last page of a file: Redis finds out when it writes it, and refuses what comes after. */
const SOME_PAGES = 65_536;

/** The disk of all three stores is full to the last byte, and the senders say that they are not ready; somebody makes room and starts what has stopped. Nobody may be sent to twice for it. */
export const scenario: Scenario = {
  id: 'F20',
  title: `the stores’ disk is full for ${FULL_S} s`,
  invariants: ALL_INVARIANTS,
  morning: { times: RUN_TIMES },
  smallDiskMb: DISK_MB,
  cannotRun: () => SmallDisk.unavailable(),
  async run(context) {
    await context.slowAnswers();
    await context.at(context.random.int(25, 40));
    const waiting = await context.deliveries(['QUEUED']);
    const megabytes = context.disk.fill();
    // PostgreSQL goes on in the log file that it has; a large record makes it ask for the next.
    const refused = await context
      .sql('sender', `select pg_logical_emit_message(false, 'fault', repeat('x', 20000000)) from generate_series(1, 3)`)
      .then(() => 'nothing', reasonOf);
    context.disk.fill(); // PostgreSQL removes the file that it could not finish, and Redis would have room
    await redisSays(context, SOME_PAGES);
    await context.realSeconds(FULL_S);
    const redis = await redisSays(context);
    const red = (await Promise.all(context.senders.map((sender) => notReady(context, sender)))).map((checks) => checks.join('; '));
    context.disk.free();
    await context.stack.postgres.restart();
    await context.stack.kafka.restart();
    context.bit(
      `${megabytes} MB were taken with ${waiting} deliveries waiting; PostgreSQL said: ${refused}`,
      refused !== 'nothing' && waiting > 0,
    );
    context.bit(`Redis refused to write: ${redis}`, redis !== 'OK');
    context.note(`readiness of the senders meanwhile: ${[...new Set(red)].join(' | ')}`);
    context.demand(
      `every sender says that it is not ready (${red.filter((said) => said !== '').length} did)`,
      red.every((said) => said !== ''),
    );
    for (const sender of context.senders) {
      await context.until(`${sender} is ready again`, async () => (await notReady(context, sender)).length === 0, 60_000);
    }
  },
};
