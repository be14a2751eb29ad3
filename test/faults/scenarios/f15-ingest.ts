import { randomUUID } from 'node:crypto';
import { NUMBERS } from '../../morning/platform.js';
import { answered, flood, statusWebhook, type Posted } from '../nemesis/webhooks.js';
import { ALL_INVARIANTS, type Scenario } from '../scenario.js';
import { demandAcknowledged, demandKept, webhookInvariants } from '../webhook-invariants.js';

const LOAD = { perSecond: 300, seconds: 6 };
const ATTACK = { perSecond: 2_500, seconds: 5, badShare: 0.8 }; // 2 000 badly signed, 500 of Meta's
const HUGE_BYTES = 10 * 1_048_576;

/** Ingest dies under load; somebody posts ten megabytes; somebody guesses signatures, 2 000 a second. What is Meta's is taken all the same. */
export const scenario: Scenario = {
  id: 'F15',
  title: 'ingest: killed under load, huge bodies, forged signatures',
  invariants: ALL_INVARIANTS,
  async run(context) {
    const ofAStranger = (wamid = `wamid.${randomUUID()}`): Posted => ({
      signed: true,
      wamid,
      body: statusWebhook({
        wamid,
        status: 'sent',
        phoneNumberId: NUMBERS[0].id,
        to: '+919000000001',
        atMs: context.morning.clock.nowMs(),
      }),
    });

    await context.at(20 + context.random.int(0, 10));
    const underLoad = await flood(
      context,
      LOAD,
      () => ofAStranger(),
      async () => {
        await context.realSeconds(2);
        await context.services.kill('ingest');
        await context.realSeconds(1);
        await context.services.restart('ingest');
      },
    );
    const [unanswered, taken] = [answered(underLoad, 0), answered(underLoad, 200)];
    context.bit(`ingest died with ${unanswered} of ${underLoad.posts} POSTs unanswered`, unanswered > 0 && taken > 0);

    await context.at(70);
    const huge = await flood(context, { perSecond: 2, seconds: 2 }, () => ({
      signed: true,
      body: JSON.stringify({ filler: 'x'.repeat(HUGE_BYTES) }),
    }));
    context.bit(`${huge.posts} bodies of ten megabytes were posted`, huge.posts > 0);
    context.demand('none of them was taken', answered(huge, 200) === 0);

    await context.at(90);
    const attack = await flood(context, ATTACK, (n) => ({ ...ofAStranger(), signed: n % 5 === 0 }));
    const [refused, valid] = [answered(attack, 401), answered(attack, 200)];
    context.bit(
      `${refused} forged signatures were refused; ${attack.perSecond} POSTs came in a second`,
      attack.perSecond >= 0.8 * ATTACK.perSecond,
    );
    context.demand(`every forged one was refused`, refused === Math.round(attack.posts * ATTACK.badShare));
    context.demand(`every other one was taken`, valid === attack.posts - refused);
    demandAcknowledged(context, attack);
    // Of messages that we never sent: they are parked, each by itself, and none may be missing.
    const acknowledged = [...underLoad.acknowledged, ...attack.acknowledged];
    context.demand(`all that was taken is known by its wamid (${acknowledged.length})`, acknowledged.length === taken + valid);
    await demandKept(context, 'a stranger’s status', acknowledged, { service: 'sla-tracker', table: 'status_orphan' });
    await webhookInvariants(context);
  },
};
