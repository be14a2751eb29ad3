import { NUMBERS } from '../../morning/platform.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';

/** More would mean that a dead number is knocked at instead of left. */
const MOST_REFUSALS = 20;

/** Meta bans a number in mid-window: what it has not sent goes to the others, the spare number among them. */
export const scenario: Scenario = {
  id: 'F8',
  title: 'a number is banned',
  invariants: ALL_INVARIANTS,
  async run(context) {
    await context.at(context.random.int(25, 50));
    const [banned, spare] = [NUMBERS[0], NUMBERS[2]];
    const waiting = await context.deliveries(['QUEUED'], banned.shardId);
    await context.platform.act({ do: 'set-number-status', number: 1, status: 'BANNED' });
    context.bit(`the first number was banned with ${waiting} deliveries waiting for it`, waiting > 0);

    await context.until(`nothing waits for ${banned.shardId}`, async () => (await context.deliveries(['QUEUED'], banned.shardId)) === 0);
    context.note(`its deliveries were handed on by T+${context.secondsIntoWindow.toFixed(0)}`);
    await context.at(150);
    const refused = await context.platform.posts({ phone_number_id: banned.id, accepted: false });
    const bySpare = await context.platform.posts({ phone_number_id: spare.id, accepted: true });
    context.note(`the spare number sent ${bySpare}; the banned one was tried ${refused} times`);
    context.demand('the spare number helps', bySpare > 0);
    context.demand(`a banned number is left alone (${refused} refusals)`, refused <= MOST_REFUSALS);
  },
};
