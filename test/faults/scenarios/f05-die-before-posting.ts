import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

const VICTIM = 'sender-0';

/** A sender dies with claims that it never posted. No webhook will ever come for them: after T_resolve they are sent, once. */
export const scenario: Scenario = {
  id: 'F5',
  title: 'a sender dies between the claim and the POST',
  invariants: ALL_INVARIANTS,
  morning: { env: { [VICTIM]: { FAILPOINT: 'sender.before-post:25' } } },
  async run(context) {
    await context.until('the sender has died', () => context.services.crashes.some(({ instance }) => instance === VICTIM), 90_000);
    const rows = await context.sql<{ delivery_id: string }>(
      'sender',
      `select delivery_id from delivery where state in ('CLAIMED', 'AMBIGUOUS')`,
    );
    const references = await postedReferences(context);
    await context.services.restart(VICTIM, { FAILPOINT: '' });
    const orphans = rows.map((row) => row.delivery_id).filter((id) => !references.some((reference) => reference.includes(id)));
    context.bit(`it died with ${orphans.length} claims that were never posted`, orphans.length > 0);

    const closesAtS = (context.morning.instantMs('WINDOW_CLOSES') - context.morning.instantMs('WINDOW_OPENS')) / 1_000;
    await context.at(closesAtS);
    const afterwards = await postedReferences(context);
    const times = orphans.map((id) => afterwards.filter((reference) => reference.includes(id)).length);
    context.demand(
      `each of them is posted once in the end (${times.join(', ')})`,
      times.every((n) => n === 1),
    );
  },
};

const postedReferences = async (context: Parameters<Scenario['run']>[0]): Promise<string[]> =>
  (await context.platform.lines({ kind: 'request', endpoint: 'messages' })).map(({ reference }) => String(reference));
