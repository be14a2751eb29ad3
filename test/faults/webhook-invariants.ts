import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { leaksOf } from '../morning/leaks.js';
import { RUN_ID } from '../morning/run-plan.js';
import type { FaultContext } from './context.js';
import { flood, statusWebhook } from './nemesis/webhooks.js';

/**
 * What must be true of webhooks after a morning, from the ledger, SQL and logs alone: I4 (no state goes back), I8 (what was acknowledged is
 * applied), I9 (replaying it changes nothing), I11 (nothing of a person in clear). Each is told with `context.demand`.
 */
export async function webhookInvariants(context: FaultContext): Promise<void> {
  await context.morning.clock.sleepUntil(context.morning.instantMs('LIVE_SEAL_AT'));
  await everythingApplied(context);
  await replayChangesNothing(context);
  for (const leak of await leaksOf(context.morning)) context.demand(`I11: ${leak}`, false);
}

interface StatusLine {
  readonly wamid: string;
  readonly reference: string;
  readonly status: string;
  readonly phone_number_id: string;
  readonly to: string;
  readonly stamped: number;
  readonly answer: number | null;
}

/** Of one attempt, and of a delivery: there a failed attempt is the worst there is. */
const ATTEMPT_RANK = ['accepted', 'held', 'sent', 'failed', 'delivered', 'read'];
const DELIVERY_RANK = ['failed', 'accepted', 'held', 'sent', 'delivered', 'read'];

const APPLIED_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 250;
/** Most webhooks that are posted once more; enough of every status. */
const REPLAYED = 600;

/** Statuses of the run that the platform posted, in its ledger. */
async function statusLines(context: FaultContext): Promise<StatusLine[]> {
  const text = await readFile(context.morning.ledgerFile, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n')) // behind it, a line may be being written
    .split('\n')
    .filter((line) => line.includes('"kind":"webhook"'))
    .map((line) => JSON.parse(line) as StatusLine)
    .filter(
      (line) => typeof line.reference === 'string' && line.reference.startsWith(`d.${RUN_ID}.`) && ATTEMPT_RANK.includes(line.status),
    );
}

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
}

const isBefore = (status: string | undefined, other: string): boolean => DELIVERY_RANK.indexOf(status ?? '') < DELIVERY_RANK.indexOf(other);

/** Every fact of the run that anybody could ask for, in one word. */
async function imageOf(context: FaultContext): Promise<string> {
  const [sender] = await context.sql<{ image: string }>(
    'sender',
    `select md5(string_agg(concat_ws('|', delivery_id, state, reason, shard_id), ',' order by delivery_id)) as image from delivery where run_id = $1`,
    [RUN_ID],
  );
  const [tracker] = await context.sql<{ image: string }>(
    'sla-tracker',
    `select md5(string_agg(concat_ws('|', delivery_id, record, state, status, outcome, public_status, reason, error_code), ',' order by delivery_id)) as image
     from delivery where run_id = $1`,
    [RUN_ID],
  );
  const [seal] = await context.sql<{ image: string }>(
    'sla-tracker',
    `select md5(string_agg(digest, ',' order by kind)) as image from seal where run_id = $1`,
    [RUN_ID],
  );
  return JSON.stringify([sender, tracker, seal]);
}

/** I9: what was acknowledged is posted once more, as a Meta that has forgotten the answers would, the day after. Nothing may change. */
async function replayChangesNothing(context: FaultContext): Promise<void> {
  await context.platform.change({ webhooks: { lossShare: 1, retryForMs: 0 } }); // from now on only the replay speaks
  await context.until('the run is sealed and nothing more comes', () => isStill(context), 60_000);
  const before = await imageOf(context);
  const lines = (await statusLines(context)).filter((line) => line.answer === 200).slice(-REPLAYED);
  const events = await eventCount(context);
  const { answers } = await flood(context, 300, Math.ceil(lines.length / 300), (n) => ({
    signed: true,
    body: replayOf(lines[n % lines.length]),
  }));
  const taken = answers.get(200) ?? 0;
  context.bit(`${taken} webhooks were replayed after the seal`, taken > 0);
  await context.until('the replayed statuses are read', async () => (await eventCount(context)) >= events + taken, 60_000);
  context.demand('I9: replaying webhooks changes nothing', (await imageOf(context)) === before);
}

const replayOf = (line: StatusLine | undefined): string => {
  if (line === undefined) throw new Error('no status was acknowledged');
  const { wamid, status, phone_number_id: phoneNumberId, to, reference, stamped } = line;
  return statusWebhook({ wamid, status, phoneNumberId, to, reference, atMs: stamped * 1_000 });
};

/** Raw status events that sla-tracker has kept. */
async function eventCount(context: FaultContext): Promise<number> {
  const [row] = await context.sql<{ n: string }>(
    'sla-tracker',
    `select count(*) as n from delivery_event where topic like '%status-observed%'`,
  );
  return Number(row?.n ?? 0);
}

async function isStill(context: FaultContext): Promise<boolean> {
  const sealed = (await context.morning.run().catch(() => undefined))?.sealed === true;
  const [events, image] = [await eventCount(context), await imageOf(context)];
  await sleep(2_000);
  return sealed && (await eventCount(context)) === events && (await imageOf(context)) === image;
}

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
