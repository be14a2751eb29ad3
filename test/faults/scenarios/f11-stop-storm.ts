import { answered, flood, strangersStop } from '../nemesis/webhooks.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';
import { demandAcknowledged, demandKept, webhookInvariants } from '../webhook-invariants.js';

const SHARE = 0.05;
const STORM = { perSecond: 1_000, seconds: 3 };

/** A thousand people a second write STOP, real time, and among them one in twenty of ours: nobody waits, and ours are not sent to. */
export const scenario: Scenario = {
  id: 'F11-STORM',
  title: 'a thousand STOPs a second',
  invariants: ALL_INVARIANTS,
  morning: { speed: 1 }, // the storm is of real time, and so is the morning beside it
  async run(context) {
    await context.at(60);
    const before = await context.postedTo();
    const waiting = context.morning.phonesOf('ordinary').filter((phone) => !before.has(phone));
    const ours = new Set<string>();
    while (ours.size < Math.round(context.morning.advisors.length * SHARE)) ours.add(context.random.pick(waiting));
    const nowMs = context.morning.clock.nowMs();
    const storm = await flood(
      context,
      STORM,
      () => strangersStop(context.random, nowMs),
      () => context.stop([...ours]),
    );
    const [row] = await context.sql<{ n: string }>(
      'ingest',
      `select count(distinct event_key) as n from consent_event where recipient_id is null`,
    );
    const kept = Number(row?.n ?? 0);
    context.bit(
      `${answered(storm, 200)} STOPs of strangers were acknowledged; ${storm.perSecond} came in a second`,
      storm.perSecond >= 0.8 * STORM.perSecond,
    );
    context.demand(`every one of them was answered 200`, answered(storm, 200) === storm.posts);
    context.demand(`each is in the ledger of consent before its acknowledgement: ${kept}`, kept >= answered(storm, 200));
    await demandKept(context, 'a stranger’s STOP', storm.acknowledged, { service: 'ingest', table: 'consent_event' });
    demandAcknowledged(context, storm);
    await context.at(150); // first attempts are over
    const posted = await context.postedTo();
    const spared = [...ours].filter((phone) => !posted.has(phone)).length;
    context.bit(`${spared} of ${ours.size} of ours were still to be sent to, and were not`, spared > 0);
    await webhookInvariants(context);
  },
};
