import { setTimeout as sleep } from 'node:timers/promises';
import { leaksOf } from '../morning/leaks.js';
import { WamidKeyer } from '@daybreak/privacy';
import { RUN_ID } from '../morning/run-plan.js';
import type { FaultContext } from './context.js';
import type { Flood } from './nemesis/webhooks.js';
import { replayChangesNothing, type Replay } from './replay.js';
import { ATTEMPT_RANK, statusLines, wordsOf, type StatusLine } from './told-by-platform.js';

/**
 * What must be true of webhooks after a morning, from the ledger, SQL and logs alone: I4 (no state goes back), I8 (what was acknowledged is
 * applied), I9 (replaying it changes nothing), I11 (nothing of a person in clear). Each is told with `context.demand`.
 */
export async function webhookInvariants(context: FaultContext, replay: Replay = {}): Promise<void> {
  await context.morning.clock.sleepUntil(context.morning.instantMs('LIVE_SEAL_AT'));
  await everythingApplied(context);
  await replayChangesNothing(context, replay);
  for (const leak of await leaksOf(context.morning)) context.demand(`I11: ${leak}`, false);
}

/** Of a delivery: a failed attempt is the worst there is. */
const DELIVERY_RANK = ['failed', 'accepted', 'held', 'sent', 'delivered', 'read'];

const APPLIED_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 250;

/** What the statuses come to, by delivery. */
function foldOf(lines: readonly StatusLine[]): Map<string, string> {
  const deliveries = new Map<string, string>();
  for (const [deliveryId, ofDelivery] of Map.groupBy(lines, (line) => line.reference.split('.')[2] ?? '')) {
    const attempts = [...Map.groupBy(ofDelivery, (line) => line.reference.split('.')[3]).values()];
    const reached = attempts.map((of) =>
      furthest(
        of.map((line) => line.status),
        ATTEMPT_RANK,
      ),
    );
    deliveries.set(deliveryId, furthest(reached, DELIVERY_RANK));
  }
  return deliveries;
}

const furthest = (statuses: readonly string[], order: readonly string[]): string =>
  statuses.reduce((best, status) => (order.indexOf(status) > order.indexOf(best) ? status : best));

const tracked = async (context: FaultContext): Promise<Map<string, string>> => {
  const rows = await context.sql<{ delivery_id: string; status: string | null }>(
    'sla-tracker',
    'select delivery_id, status from delivery where run_id = $1',
    [RUN_ID],
  );
  return new Map(rows.map((row) => [row.delivery_id, row.status ?? '']));
};

/** I8, and with it the end of I4: every row is at least where the acknowledged statuses lead, and not beyond where any status leads. */
async function everythingApplied(context: FaultContext): Promise<void> {
  const acknowledged = foldOf((await statusLines(context)).filter((line) => line.answer === 200));
  const behind = async (): Promise<number> => {
    const rows = await tracked(context);
    return [...acknowledged].filter(([id, status]) => isBefore(rows.get(id), status)).length;
  };
  const giveUpAtMs = performance.now() + APPLIED_WITHIN_MS;
  while ((await behind()) > 0 && performance.now() < giveUpAtMs) await sleep(LOOK_EVERY_MS);
  const left = await behind();
  context.demand(`I8: ${left} deliveries are behind the statuses that were acknowledged`, left === 0);
  const posted = foldOf(await statusLines(context));
  const beyond = [...(await tracked(context))].filter(
    ([id, status]) => ATTEMPT_RANK.indexOf(status) >= 2 && isBefore(posted.get(id), status),
  );
  context.demand(`I4: ${beyond.length} deliveries are beyond anything that Meta said of them`, beyond.length === 0);
  context.note(`${acknowledged.size} deliveries with acknowledged statuses`);
  const stops = (await wordsOf(context)).filter(({ text, acknowledged: taken }) => taken && text === 'STOP');
  await demandKept(
    context,
    'a STOP',
    stops.map(({ wamid }) => wamid),
    { service: 'ingest', table: 'consent_event' },
  );
}

/** Meta asks for a median of 250 ms; here 99 of 100 have to keep it, on the wire. */
const ACK_MS = 250;

/** All that was answered 200 while somebody flooded was answered in time, and so were Meta's own POSTs by themselves: theirs are few among the flood's. */
export function demandAcknowledged(context: FaultContext, { acks, metasAcks, latestMs, perSecond }: Flood): void {
  context.demand(`p99 of Meta's own ${metasAcks.count} POSTs is ${metasAcks.p99Ms} ms, ${ACK_MS} are allowed`, metasAcks.p99Ms < ACK_MS);
  context.demand(`p99 of all ${acks.count} acknowledgements is ${acks.p99Ms} ms, ${ACK_MS} are allowed`, acks.p99Ms < ACK_MS);
  context.note(
    `acknowledged after p50 ${acks.p50Ms}, p99 ${acks.p99Ms} ms (${acks.count} POSTs, the latest ${latestMs} ms after it was due, at ${perSecond}/s); Meta's own ${metasAcks.count} after ${metasAcks.p50Ms}, ${metasAcks.p99Ms} ms`,
  );
}

/** I8 of single webhooks: each that was acknowledged lies in this table. They are told apart by their wamids, which we keep as a keyed hash only. */
export async function demandKept(
  context: FaultContext,
  what: string,
  wamids: readonly string[],
  { service, table }: { readonly service: string; readonly table: 'consent_event' | 'status_orphan' },
): Promise<void> {
  const keyer = new WamidKeyer(Buffer.from(context.services.env['ADDRESS_PEPPER'] ?? '', 'base64'));
  const hashes = wamids.map((wamid) => keyer.keyOf(wamid));
  const missing = async (): Promise<number> => {
    const rows = await context.sql<{ n: string }>(
      service,
      `select count(*) as n from unnest($1::text[]) as acknowledged (hash) where not exists (select from ${table} where wamid_hash = hash)`,
      [hashes],
    );
    return Number(rows[0]?.n ?? 0);
  };
  const giveUpAtMs = performance.now() + APPLIED_WITHIN_MS;
  while ((await missing()) > 0 && performance.now() < giveUpAtMs) await sleep(LOOK_EVERY_MS);
  const left = await missing();
  context.demand(`I8: of ${wamids.length} webhooks with ${what} that were acknowledged, ${left} are lost`, left === 0);
}

const isBefore = (status: string | undefined, other: string): boolean => DELIVERY_RANK.indexOf(status ?? '') < DELIVERY_RANK.indexOf(other);

/** I4 as it happens: looks again and again at every delivery, until the seal. Resolves with the number of looks. */
export async function watchStatuses(context: FaultContext): Promise<number> {
  const last = new Map<string, string>();
  const wentBack = new Set<string>();
  const sealMs = context.morning.instantMs('LIVE_SEAL_AT');
  let looks = 0;
  for (; context.morning.clock.nowMs() < sealMs; looks += 1) {
    for (const [id, status] of await tracked(context)) {
      if (isStepBack(last.get(id), status)) wentBack.add(`from ${last.get(id)} to ${status}`);
      last.set(id, status);
    }
    await sleep(LOOK_EVERY_MS);
  }
  context.demand(`I4: deliveries went back ${[...wentBack].join(', ')}`, wentBack.size === 0);
  return looks;
}

/** Only what failed may begin anew: by another attempt. */
const isStepBack = (before: string | undefined, status: string): boolean =>
  before !== undefined && before !== 'failed' && ATTEMPT_RANK.indexOf(status) < ATTEMPT_RANK.indexOf(before);
