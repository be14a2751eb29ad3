import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultContext } from '../context.js';

/* What people and their phones may do, and the door at which we hear of it. */

/** Of everybody. */
const SHARE = 0.05;
const SOME_LAG = { medianMs: 4_000, p95Ms: 10_000, maxMs: 20_000 };

/** One in twenty of those who were not sent to yet writes STOP, and is not sent to. */
export async function writeStop(context: FaultContext, untilS: number): Promise<void> {
  const before = await context.postedTo();
  const waiting = context.morning.phonesOf('ordinary').filter((phone) => !before.has(phone) && !context.stopped.has(phone));
  const some = new Set<string>();
  while (some.size < Math.min(waiting.length, Math.round(context.morning.advisors.length * SHARE))) some.add(context.random.pick(waiting));
  await context.stop([...some]);
  await context.at(untilS);
  const posted = await context.postedTo();
  const spared = [...some].filter((phone) => !posted.has(phone)).length;
  context.bit(`${some.size} people wrote STOP; ${spared} of them were still to be sent to, and were not`, spared > 0);
}

/** From now on webhooks come up to 20 s late by the run's clock, half of them twice more and out of order. */
export async function spoilWebhooks(context: FaultContext, seconds: number): Promise<void> {
  await context.platform.change({
    webhooks: { lag: SOME_LAG, duplicateShare: 0.5, duplicateTimes: 2, reorderShare: 0.5, reorderByMs: SOME_LAG.maxMs },
  });
  await context.forClockSeconds(seconds);
  const said = (await context.ledger()).filter((line) => line.kind === 'webhook' && line.reference !== undefined);
  const repeated = said.length - new Set(said.map(({ reference, status }) => `${reference} ${status}`)).size;
  context.bit(`${repeated} webhooks repeated what was said`, repeated > 0);
}

/** With -9; back after so many real seconds. Meta posts again what nobody took. */
export async function killIngest(context: FaultContext, awaySeconds: number): Promise<void> {
  const unanswered = async (): Promise<number> =>
    (await context.ledger()).filter((line) => line.kind === 'webhook' && line.answer !== 200).length;
  const before = await unanswered();
  await context.services.kill('ingest');
  await sleep(awaySeconds * 1_000);
  await context.services.restart('ingest');
  const lost = (await unanswered()) - before;
  context.bit(`ingest was killed for ${awaySeconds} s, in which ${lost} webhooks were not taken`, lost > 0);
}
