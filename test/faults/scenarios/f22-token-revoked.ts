import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

const MOST_REFUSALS = 20;

/** The access token stops working in mid-window and nobody brings another: everything stands still, says so, and knocks at the door no more. */
export const scenario: Scenario = {
  id: 'F22-TOKEN',
  title: 'the access token is revoked',
  invariants: ALL_INVARIANTS,
  expect: { onTime: 0.1, everybody: false },
  async run(context) {
    await context.at(context.random.int(25, 45));
    const waiting = await context.deliveries(['QUEUED']);
    await context.platform.act({ do: 'revoke-token' });
    await context.until('a request is refused for its token', async () => (await context.platform.posts({ code: 190 })) > 0);
    context.bit(`the token was refused with ${waiting} deliveries waiting`, waiting > 0);

    await context.at(150);
    const refused = await context.platform.posts({ code: 190 });
    const breakers = await context.sql<{ scope: string }>('sender', 'select scope from breaker');
    context.note(`${refused} POSTs were refused; breakers open: ${breakers.map(({ scope }) => scope).join(', ')}`);
    context.demand(`no retries are burnt (${refused} refusals)`, refused <= MOST_REFUSALS);
    context.demand(
      'the account stands still',
      breakers.some(({ scope }) => scope === 'account'),
    );
  },
};
