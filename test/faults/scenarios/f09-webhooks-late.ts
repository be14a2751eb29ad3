import { ALL_INVARIANTS, type Scenario } from '../scenario.js';
import { watchStatuses, webhookInvariants } from '../webhook-invariants.js';

/** Of the run's clock. */
const MINUTE_MS = 60_000;
const COPIES = 5;

/** Webhooks come a minute late, half of them six times and backwards, a tenth never; the day after all of them once more. */
export const scenario: Scenario = {
  id: 'F9',
  title: 'webhooks late, repeated, backwards, lost, replayed',
  invariants: ALL_INVARIANTS,
  async run(context) {
    await context.platform.change({
      webhooks: {
        lag: { medianMs: MINUTE_MS, p95Ms: MINUTE_MS, maxMs: MINUTE_MS },
        duplicateShare: 0.5,
        duplicateTimes: COPIES,
        reorderShare: 0.6,
        reorderByMs: MINUTE_MS / 2,
        lossShare: 0.1,
      },
    });
    const looks = await watchStatuses(context);
    const webhooks = (await context.ledger()).filter((line) => line.kind === 'webhook' && line.reference !== undefined);
    const lost = webhooks.filter((line) => line.answer === null).length;
    const said = new Set(webhooks.map(({ reference, status }) => `${reference} ${status}`));
    const late = webhooks.filter((line) => line.answer === 200 && line.atMs - (line.stampMs ?? Infinity) >= MINUTE_MS).length;
    context.bit(`${late} webhooks were a minute late`, late > 0);
    context.bit(`${webhooks.length - said.size} repeated what was said`, webhooks.length > said.size);
    context.bit(`${lost} were never posted`, lost > 0);
    const backwards = backwardsIn(webhooks);
    context.bit(`of ${backwards} deliveries the statuses came backwards`, backwards > 0);
    context.note(`${looks} looks at all states`);
    await webhookInvariants(context, { nextDay: true });
  },
};

/** Deliveries of which a status arrived whose stamp lies before one that had arrived already. */
function backwardsIn(
  lines: readonly {
    readonly reference: string | undefined;
    readonly stampMs: number | undefined;
    readonly answer: number | null | undefined;
  }[],
): number {
  const newest = new Map<string, number>();
  const backwards = new Set<string>();
  for (const { reference = '', stampMs = 0, answer } of lines) {
    if (answer !== 200) continue;
    if (stampMs < (newest.get(reference) ?? 0)) backwards.add(reference);
    newest.set(reference, Math.max(newest.get(reference) ?? 0, stampMs));
  }
  return backwards.size;
}
