import { z } from 'zod';
import type { CommandSet } from '../cli.js';
import { CliError, EXIT } from '../exit-code.js';
import { table } from '../table.js';

const subscription = z.looseObject({
  wabaId: z.string(),
  state: z.string(),
  callbackUrl: z.string().nullable(),
  numbersElsewhere: z.array(z.string()).default([]),
  checkedAt: z.string().nullable().optional(),
  resubscribed: z.boolean().optional(),
});
type Subscription = z.output<typeof subscription>;
const subscriptionList = z.looseObject({ subscriptions: z.array(subscription) });

/** Whether Meta sends its webhooks to us. */
export const subscriptionCommands: CommandSet = (program, cli) => {
  const subscriptions = program.command('subscriptions').description('whether Meta sends the webhooks of every WABA to us');

  subscriptions
    .command('list')
    .description('as last checked; Meta is not asked')
    .action(async () => {
      const answer = await cli.ingest.get('/subscriptions', subscriptionList);
      cli.show(answer, () =>
        table(
          ['waba', 'state', 'webhooks go to', 'but not of', 'checked'],
          answer.subscriptions.map(({ wabaId, state, callbackUrl, numbersElsewhere, checkedAt }) => [
            wabaId,
            state,
            callbackUrl,
            numbersElsewhere.join(' '),
            checkedAt,
          ]),
        ),
      );
    });

  subscriptions
    .command('verify')
    .description(`ask Meta now and subscribe what is missing; ends with ${EXIT.unwell} unless all are subscribed`)
    .action(async () => {
      const answer = await cli.ingest.post('/subscriptions/verify', subscriptionList);
      cli.show(answer, () => findings(answer.subscriptions));
      const unwell = answer.subscriptions.filter(({ state }) => state !== 'subscribed');
      if (unwell.length > 0)
        throw new CliError(`the webhooks of ${unwell.map(({ wabaId }) => wabaId).join(', ')} do not reach us`, EXIT.unwell);
    });

  subscriptions
    .command('resubscribe')
    .description('subscribe a WABA again, which also takes back overrides of the address, its own and its numbers’')
    .argument('<waba>', 'id of the WABA')
    .action(async (wabaId: string) => {
      const answer = await cli.ingest.post(`/subscriptions/${encodeURIComponent(wabaId)}/resubscribe`, subscription);
      cli.show(answer, () => findings([answer]));
    });
};

const findings = (found: readonly Subscription[]): string =>
  table(
    ['waba', 'state', 'webhooks go to', 'but not of', 'subscribed again'],
    found.map(({ wabaId, state, callbackUrl, numbersElsewhere, resubscribed }) => [
      wabaId,
      state,
      callbackUrl,
      numbersElsewhere.join(' '),
      resubscribed,
    ]),
  );
