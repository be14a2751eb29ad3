import { ALL_INVARIANTS, type Scenario } from '../scenario.js';
import { webhookInvariants } from '../webhook-invariants.js';

/** Each dies in its own relay, with Kafka's acknowledgement in hand and its rows still there; which time is drawn. */
const VICTIMS = ['ingest', 'scheduler', 'sender-0', 'sla-tracker'] as const;

/** Outbox relays die between send and delete, in every service that has one: everything of that batch is published twice, and counts once. */
export const scenario: Scenario = {
  id: 'F17',
  title: 'outbox relays die between send and delete',
  invariants: ALL_INVARIANTS,
  async run(context) {
    await context.at(10);
    for (const victim of VICTIMS) {
      await context.services.restart(victim, { FAILPOINT: `outbox.after-send:${context.random.int(1, 4)}` });
      await context.stop([context.random.pick(context.morning.phonesOf('ordinary').filter((phone) => !context.stopped.has(phone)))]); // gives ingest something to tell
      await context.until(`${victim} has died`, () => context.services.crashes.some(({ instance }) => instance === victim), 60_000);
      const service = victim.replace(/-0$/, '');
      const [row] = await context.sql<{ n: string }>(service, 'select count(*) as n from outbox');
      context.bit(`${victim} died with ${row?.n ?? 0} rows that Kafka had already`, Number(row?.n ?? 0) > 0);
      await context.services.restart(victim, { FAILPOINT: '' });
      await context.until(`the outbox of ${service} is empty`, async () => {
        const [left] = await context.sql<{ n: string }>(service, 'select count(*) as n from outbox');
        return left?.n === '0';
      });
    }
    await webhookInvariants(context);
  },
};
