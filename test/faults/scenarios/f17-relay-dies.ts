import { reasonOf } from '@daybreak/kernel';
import type { FaultContext } from '../context.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';
import { webhookInvariants } from '../webhook-invariants.js';

/** Each dies in its own relay, with Kafka's acknowledgement in hand and its rows still there. The scheduler, which has least to tell, when the run closes. */
const VICTIMS = ['ingest', 'sender-0', 'sla-tracker', 'scheduler'] as const;

/** Outbox relays die between send and delete, in every service that tells by one: all of that batch is published twice, and counts once. */
export const scenario: Scenario = {
  id: 'F17',
  title: 'outbox relays die between send and delete',
  invariants: ALL_INVARIANTS,
  async run(context) {
    await context.at(10);
    for (const victim of VICTIMS) {
      const place = victim === 'scheduler' ? 1 : context.random.int(1, 4);
      const diedStarting = await context.services
        .restart(victim, { FAILPOINT: `outbox.after-send:${place}` })
        .then(() => false, byFailpoint);
      const crashed = (): boolean => diedStarting || context.services.crashes.some(({ instance }) => instance === victim);
      await context.until(
        `${victim} has died`,
        async () => {
          if (victim === 'ingest' && !crashed()) await context.stop([someone(context)]); // gives it something to tell
          return crashed();
        },
        90_000,
      );
      const service = victim.replace(/-0$/, '');
      const left = await outboxRows(context, service);
      context.bit(`${victim} died with ${left} rows that Kafka had already`, left > 0);
      await context.services.restart(victim, { FAILPOINT: '' });
      await context.until(`the outbox of ${service} is empty`, async () => (await outboxRows(context, service)) === 0, 60_000);
    }
    await webhookInvariants(context);
  },
};

/** What waited in its outbox from its last life may be enough for it to come by the place before it is ready. */
function byFailpoint(error: unknown): true {
  if (!reasonOf(error).includes('SIGKILL')) throw error;
  return true;
}

function someone(context: FaultContext): string {
  return context.random.pick(context.morning.phonesOf('ordinary').filter((phone) => !context.stopped.has(phone)));
}

async function outboxRows(context: FaultContext, service: string): Promise<number> {
  const [row] = await context.sql<{ n: string }>(service, 'select count(*) as n from outbox');
  return Number(row?.n ?? 0);
}
