import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

/** Of each kind, at most so many: a hanging request costs its time-out of real seconds. */
const HANGS = 8;

/**
 * Meta takes messages in and breaks the connection, never answers, or answers with a page of HTML; others it does not take and says nothing
 * either. Only a webhook, or its absence, tells them apart.
 */
export const scenario: Scenario = {
  id: 'F6',
  title: 'answers are lost: reset, silence, HTML',
  invariants: ALL_INVARIANTS,
  async run(context) {
    const until = '06:00:50';
    await context.platform.addFault({ kind: 'drop', accepts: true, share: 0.08, until });
    await context.platform.addFault({ kind: 'html-500', accepts: true, share: 0.08, until });
    await context.platform.addFault({ kind: 'hang', accepts: true, share: 0.05, times: HANGS, until });
    await context.platform.addFault({ kind: 'drop', share: 0.04, until });
    await context.at(80);
    const ambiguous = await context.deliveries(['AMBIGUOUS']);
    for (const fault of ['drop', 'html-500', 'hang']) {
      const struck = await context.platform.posts({ fault, accepted: true });
      context.bit(`${struck} messages were taken in and their answer was lost (${fault})`, struck > 0);
    }
    const refused = await context.platform.posts({ fault: 'drop', accepted: false });
    context.bit(`${refused} messages were not taken in, without a word`, refused > 0);
    context.note(`${ambiguous} deliveries were ambiguous at T+80`);
  },
};
