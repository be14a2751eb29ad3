import { RUN_ID } from '../../morning/run-plan.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';
import { watchStatuses, webhookInvariants } from '../webhook-invariants.js';

const SOON = { medianMs: 5_000, p95Ms: 10_000, maxMs: 15_000 };

/** Half of the reads come without a `delivered`; one message in five fails first and is delivered all the same. */
export const scenario: Scenario = {
  id: 'F10',
  title: 'read without delivered, failed and then delivered',
  invariants: ALL_INVARIANTS,
  async run(context) {
    await context.platform.change({
      recipients: { shares: { reads: 1, readWithoutDelivered: 0.5, failedThenDelivered: 0.2 } },
      journey: { readAfter: SOON, failedAfter: SOON },
    });
    await watchStatuses(context);
    const statuses = Map.groupBy(
      (await context.ledger()).filter(
        (line) => line.kind === 'webhook' && line.answer === 200 && line.reference?.startsWith(`d.${RUN_ID}.`),
      ),
      (line) => line.reference?.split('.')[2] ?? '',
    );
    const saidOf = (...words: readonly string[]): string[] =>
      [...statuses].filter(([, lines]) => words.every((word) => lines.some((line) => line.status === word))).map(([id]) => id);
    const onlyRead = saidOf('read').filter((id) => !saidOf('delivered').includes(id));
    const both = saidOf('failed', 'delivered');
    context.bit(`${onlyRead.length} were read without a delivered`, onlyRead.length > 0);
    context.bit(`${both.length} failed and were delivered`, both.length > 0);
    await webhookInvariants(context);
    const wrong = await context.sql<{ n: string }>(
      'sla-tracker',
      `select count(*) as n from delivery where delivery_id = any($1::uuid[]) and not (
         status in ('delivered', 'read') and outcome = 'accepted' and public_status in ('delivered', 'read'))`,
      [[...onlyRead, ...both]],
    );
    context.demand(`${wrong[0]?.n} of them do not count as delivered`, wrong[0]?.n === '0');
  },
};
