import { RUN_ID } from '../../morning/run-plan.js';
import type { FaultContext } from '../context.js';
import { notReady } from '../eyes.js';

/* What can happen to the store that is the truth. Nothing is posted without a claim, and nothing that was posted is forgotten. */

/** A claim may be posted for so long after it was made, and the platform may answer for a little longer. Real seconds. */
const CLAIM_LIFE_S = 4;
const DEADLOCKS_WITHIN_MS = 20_000;
/** Connections of one sender where a pool is to be exhausted: the fewest that it takes. */
export const POOL_SIZE = 2;

/** @param awaySeconds how long it stays away after the last claim has run out */
export async function killPostgres(context: FaultContext, awaySeconds: number): Promise<void> {
  const waiting = await context.deliveries(['QUEUED']);
  await context.stack.postgres.kill();
  await context.realSeconds(CLAIM_LIFE_S);
  const before = await context.platform.posts();
  await context.realSeconds(awaySeconds);
  const after = await context.platform.posts();
  await context.stack.postgres.restart();
  context.bit(`PostgreSQL was killed for ${CLAIM_LIFE_S + awaySeconds} s with ${waiting} deliveries waiting`, waiting > 0);
  context.demand(`nothing is posted without a claim (${after - before} were)`, after === before);
}

export async function stallPostgres(context: FaultContext, seconds: number): Promise<void> {
  const waiting = await context.deliveries(['QUEUED']);
  await context.stack.postgres.pause();
  await context.realSeconds(seconds);
  await context.stack.postgres.resume();
  context.bit(`PostgreSQL answered nobody for ${seconds} s with ${waiting} deliveries waiting`, waiting > 0);
}

/** The server takes no connection of the sender's any more, and cuts those it has. */
export async function refuseConnections(context: FaultContext, seconds: number): Promise<void> {
  const waiting = await context.deliveries(['QUEUED']);
  const cut = await context.session('sender', async (admin) => {
    const { rows } = await admin.query<{ role: string }>('select quote_ident(current_schema()) as role'); // a service's role is called as its schema
    const role = rows[0]?.role ?? '';
    await admin.query(`alter role ${role} connection limit 0`);
    const { rowCount } = await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where quote_ident(usename) = $1`, [
      role,
    ]);
    await context.realSeconds(seconds);
    await admin.query(`alter role ${role} connection limit -1`);
    return rowCount ?? 0;
  });
  context.bit(
    `the sender lost ${cut} connections and got none for ${seconds} s, with ${waiting} deliveries waiting`,
    cut > 0 && waiting > 0,
  );
}

/**
 * Somebody holds the tables that senders look at: one statement after the other waits, until a process has every connection taken that it may have, and
 * whoever asks for one queues.
 */
export async function exhaustPool(context: FaultContext, seconds: number): Promise<void> {
  const waiting = await context.deliveries(['QUEUED']);
  const starved = await context.session('sender', async (admin) => {
    await admin.query('begin');
    await admin.query(
      'lock table delivery, delivery_count, attempt, reply, breaker, shard_control, shard_figures, outbox in access exclusive mode',
    );
    await context.realSeconds(seconds / 3);
    // Readiness runs a statement that waits for no lock: where it gets no answer, it got no connection.
    const [checks] = await Promise.all([
      Promise.all(context.senders.map((sender) => notReady(context, sender))),
      context.realSeconds((2 * seconds) / 3),
    ]);
    await admin.query('commit');
    return checks.filter((failing) => failing.some((check) => check.startsWith('database: no answer'))).length;
  });
  context.bit(
    `in ${starved} of ${context.senders.length} senders nobody got a connection while others waited for a lock, with ${waiting} deliveries waiting`,
    starved > 0 && waiting > 0,
  );
}

/** Somebody locks deliveries one by one from the other end, until PostgreSQL has to end a transaction. */
export async function causeDeadlock(context: FaultContext): Promise<void> {
  const before = await deadlocksOf(context);
  const giveUpAtMs = performance.now() + DEADLOCKS_WITHIN_MS;
  let found = 0;
  while (found === 0 && performance.now() < giveUpAtMs) {
    await context
      .session('sender', async (client) => {
        await client.query('begin');
        const { rows } = await client.query<{ id: string }>(
          `select delivery_id as id from delivery where run_id = $1 and state = 'CLAIMED' order by delivery_id desc limit 10`,
          [RUN_ID],
        );
        for (const { id } of rows) {
          await client.query(`select from delivery where run_date = (select max(run_date) from run) and delivery_id = $1 for update`, [id]);
          await context.realSeconds(0.15);
        }
        await client.query('commit');
      })
      .catch(() => undefined); // ours may be the transaction that is ended
    found = (await deadlocksOf(context)) - before;
  }
  context.bit(`PostgreSQL ended ${found} transactions for a deadlock`, found > 0);
}

async function deadlocksOf(context: FaultContext): Promise<number> {
  const [row] = await context.sql<{ n: string }>(
    'sender',
    `select deadlocks as n from pg_stat_database where datname = current_database()`,
  );
  return Number(row?.n ?? 0);
}
