import { demandAlert } from '../eyes.js';
import { revokeToken } from '../nemesis/platform.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

const MOST_REFUSALS = 20;

/** The access token stops working in mid-window and nobody brings another: everything stands still, says so, and knocks at the door no more. */
export const scenario: Scenario = {
  id: 'F22-TOKEN',
  title: 'the access token is revoked',
  invariants: ALL_INVARIANTS,
  expect: { onTime: 0.1, everybody: false },
  async run(context) {
    await context.at(60);
    await revokeToken(context);
    await context.at(150);
    const refused = await context.platform.posts({ code: 190 });
    const breakers = await context.sql<{ scope: string }>('sender', 'select scope from breaker');
    context.note(`${refused} POSTs were refused; breakers open: ${breakers.map(({ scope }) => scope).join(', ')}`);
    context.demand(`no retries are burnt (${refused} refusals)`, refused <= MOST_REFUSALS);
    context.demand(
      'everything of that token stands still',
      breakers.some(({ scope }) => scope === 'token'),
    );
    await demandAlert(context, 'DaybreakBreakerOpen', { severity: 'page', labels: { scope: 'token' } });
  },
};
