import { NUMBERS } from '../../morning/platform.js';
import type { FaultContext } from '../context.js';
import { demandAlert, logged } from '../eyes.js';
import { banNumber } from '../nemesis/platform.js';
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
    const banned = await banNumber(context);
    const spare = NUMBERS[2];
    await context.at(150);
    const refused = await context.platform.posts({ phone_number_id: banned.id, accepted: false });
    const bySpare = await context.platform.posts({ phone_number_id: spare.id, accepted: true });
    context.note(`the spare number sent ${bySpare}; the banned one was tried ${refused} times`);
    context.demand('the spare number helps', bySpare > 0);
    await demandOwnLease(context, spare);
    const said = await logged(context, 'sender', /Backup number activated due to .+ on primary/);
    context.demand('the log says that the backup number was activated, and why', said.length > 0);
    context.note(`log: ${said[0] ?? 'nothing'}`);
    await demandAlert(context, 'DaybreakShardMoved', { severity: 'page', labels: { shard_id: banned.shardId } });
    context.demand(`a banned number is left alone (${refused} refusals)`, refused <= MOST_REFUSALS);
  },
};

/** Who sends by the spare number does so under a lease of its own: one process holds it, and every POST bears its epoch. */
async function demandOwnLease(context: FaultContext, spare: (typeof NUMBERS)[number]): Promise<void> {
  const [owner, epoch] = [await context.ownerOf(spare.shardId), await context.epochOf(spare.shardId)];
  const epochs = new Set(
    (await context.ledger())
      .filter((line) => line.kind === 'request' && line.phoneNumberId === spare.id && line.reference?.startsWith('d.'))
      .map((line) => Number(line.reference?.split('.')[4])),
  );
  context.demand(`a sender holds the spare number’s lease (${owner ?? 'nobody'})`, owner !== undefined);
  context.demand(
    `every POST of the spare number bears the epoch of its own lease (${[...epochs].join(', ')}; the lease is at ${epoch})`,
    epochs.size === 1 && epochs.has(epoch) && epoch > 0,
  );
  context.note(`${owner} sends by the spare number under its epoch ${epoch}`);
}
