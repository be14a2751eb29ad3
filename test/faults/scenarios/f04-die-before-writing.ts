import { RUN_ID } from '../../morning/run-plan.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

const VICTIM = 'sender-0';
const LATE_WEBHOOKS = { medianMs: 10_000, p95Ms: 15_000, maxMs: 20_000 };

/** A sender dies when Meta has said 200 and nothing of it is written: only the webhook knows, and nobody may be sent to twice. */
export const scenario: Scenario = {
  id: 'F4',
  title: 'a sender dies between the answer and the row',
  invariants: ALL_INVARIANTS,
  morning: { env: { [VICTIM]: { FAILPOINT: 'sender.after-post:25' } } },
  async run(context) {
    // Else the webhook has settled what we want to see unsettled.
    await context.platform.change({ webhooks: { lag: LATE_WEBHOOKS } });
    await context.until('the sender has died', () => context.services.crashes.some(({ instance }) => instance === VICTIM), 90_000);
    const rows = await context.sql<{ delivery_id: string }>(
      'sender',
      `select delivery_id from delivery where run_id = $1 and state in ('CLAIMED', 'AMBIGUOUS')`,
      [RUN_ID],
    );
    const references = (await context.platform.lines({ kind: 'request', accepted: true })).map(({ reference }) => String(reference));
    await context.services.restart(VICTIM, { FAILPOINT: '' });
    const unwritten = rows.filter(({ delivery_id: id }) => references.some((reference) => reference.includes(id))).length;
    context.bit(`it died when ${unwritten} messages were taken in of which no row said so`, unwritten > 0);
  },
};
