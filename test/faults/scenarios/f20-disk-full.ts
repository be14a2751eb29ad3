import { RUN_TIMES } from '../../morning/run-plan.js';
import { SmallDisk } from '../small-disk.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

const DISK_MB = 1_200;
const FULL_S = 6;

/** The disk of all three stores is full to the last byte; somebody makes room and starts what has stopped. Nobody may be sent to twice for it. */
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
      .then(
        () => 'nothing',
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
    await context.realSeconds(FULL_S);
    context.disk.free();
    await context.stack.postgres.restart();
    await context.stack.kafka.restart();
    context.bit(
      `${megabytes} MB were taken with ${waiting} deliveries waiting; PostgreSQL said: ${refused}`,
      refused !== 'nothing' && waiting > 0,
    );
  },
};
