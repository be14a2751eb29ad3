import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '@daybreak/kernel';
import { Pool } from 'undici';
import { NUMBERS, WABA_ID } from '../../morning/platform.js';
import type { FaultContext } from '../context.js';

/* Webhooks that the simulator would not send: of attackers, of a storm, of yesterday. Signed like Meta's, posted to ingest's own door. */

const PATH = '/webhooks/whatsapp';
const CONNECTIONS = 64;
const FORGED = `sha256=${'0'.repeat(64)}`;
/** After so many a client's code is compiled. */
const WARM_UP_POSTS = 3_000;
/** Whoever gave way to the warm-up has caught up after so long, ms. */
const REST_MS = 1_500;

/** One POST and whether it bears Meta's signature. */
export interface Posted {
  readonly body: string;
  readonly signed: boolean;
  /** What it is about, where somebody wants to know what became of it. */
  readonly wamid?: string;
}

/** What came of a flood: answers by status, how fast it was posted, and how long Meta's own POSTs took meanwhile. */
export interface Flood {
  readonly posts: number;
  readonly answers: ReadonlyMap<number, number>;
  readonly perSecond: number;
  /** Wamids of those that were answered 200. */
  readonly acknowledged: readonly string[];
  /** What was answered 200, from the first byte on the wire: the flood's own POSTs, and the simulator's, by its ledger. */
  readonly acks: Acks;
  /** Of these the simulator's alone. */
  readonly metasAcks: Acks;
  /** How long after it was due the latest of the flood's own was answered 200, real ms: what is above its time on the wire, it waited for a connection. */
  readonly latestMs: number;
}

/** How long answers took, real ms. */
export interface Acks {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export const answered = (flood: Flood, status: number): number => flood.answers.get(status) ?? 0;

/**
 * Posts so many a second for so many seconds, on time whether the former were answered or not. A POST that nobody takes (ingest is dead)
 * counts as answer 0.
 * @param meanwhile what happens besides, from the first POST on
 */
export async function flood(
  context: FaultContext,
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
  postOf: (n: number) => Posted,
  meanwhile: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Flood> {
  const answers = new Map<number, number>();
  const acknowledged: string[] = [];
  const tookMs: number[] = [];
  let latestMs = 0;
  const posts = perSecond * seconds;
  // Written, signed and warmed up before the clock starts: whoever floods has a machine of their own, and must not take the time of this one.
  const prepared = Array.from({ length: posts }, (_, n) => {
    const { body, signed, wamid } = postOf(n);
    return { body, wamid, signature: signed ? signatureOf(context, body) : FORGED };
  });
  await warmUp();
  await sleep(REST_MS);
  const pool = poolTo(new URL(context.morning.urlOf('ingest')).origin);
  const post = async ({ body, signature, wamid }: (typeof prepared)[number], dueMs: number): Promise<void> => {
    const { status, startedMs } = await answerTo(pool, body, signature);
    if (status === 200) {
      tookMs.push(performance.now() - startedMs);
      latestMs = Math.max(latestMs, performance.now() - dueMs);
    }
    answers.set(status, (answers.get(status) ?? 0) + 1);
    if (status === 200 && wamid !== undefined) acknowledged.push(wamid);
  };
  const linesBefore = (await context.ledger()).length;
  const postAll = async (): Promise<number> => {
    const underWay: Promise<void>[] = [];
    const startedMs = performance.now();
    for (const [n, one] of prepared.entries()) {
      const dueMs = startedMs + (n * 1_000) / perSecond;
      const aheadMs = dueMs - performance.now();
      if (aheadMs > 1) await sleep(aheadMs);
      underWay.push(post(one, dueMs));
    }
    const tookS = (performance.now() - startedMs) / 1_000;
    await Promise.all(underWay);
    return tookS;
  };
  const [tookS] = await Promise.all([postAll(), meanwhile()]);
  await pool.close();
  const metas = await acknowledgements(context, linesBefore);
  return {
    posts,
    answers,
    acknowledged,
    perSecond: Math.round(posts / tookS),
    acks: acksOf([...tookMs, ...metas]),
    metasAcks: acksOf(metas),
    latestMs: Math.round(latestMs),
  };
}

function acksOf(tookMs: readonly number[]): Acks {
  const sorted = tookMs.toSorted((a, b) => a - b);
  const quantile = (share: number): number => Math.round(sorted[Math.floor(sorted.length * share)] ?? Infinity);
  return { count: sorted.length, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
}

const poolTo = (origin: string): Pool => new Pool(origin, { connections: CONNECTIONS, pipelining: 1 });

/** Posts to nobody, at its leisure: a client whose code is cold takes a fifth of two cores for the first second of a thousand a second. */
async function warmUp(): Promise<void> {
  const nobody = createServer((request, response) => void request.resume().on('end', () => response.end())).listen(0, '127.0.0.1');
  await once(nobody, 'listening');
  const pool = poolTo(`http://127.0.0.1:${(nobody.address() as AddressInfo).port}`);
  for (let posted = 0; posted < WARM_UP_POSTS; posted += CONNECTIONS)
    await Promise.all(Array.from({ length: CONNECTIONS }, () => answerTo(pool, '{}', FORGED)));
  await pool.close();
  nobody.close();
}

/** How long the platform waited for each 200 since that line of its ledger, ms. */
async function acknowledgements(context: FaultContext, afterLine: number): Promise<number[]> {
  const text = await readFile(context.morning.ledgerFile, 'utf8');
  const lines = text
    .slice(0, Math.max(0, text.lastIndexOf('\n')))
    .split('\n')
    .slice(afterLine); // behind the last line end, one is being written
  return lines
    .map((line) => JSON.parse(line) as { readonly kind: string; readonly answer?: number | null; readonly took_ms?: number })
    .flatMap(({ kind, answer, took_ms: tookMs }) => (kind === 'webhook' && answer === 200 && tookMs !== undefined ? [tookMs] : []));
}

/** What was answered, 0 where nobody did (refused, reset: Meta would send it again), and when the first byte left, by `performance.now()`. */
interface Answer {
  readonly status: number;
  readonly startedMs: number;
}

/** Without the streams of `request`: a client that shares the machine with what it floods has to be cheap. */
const answerTo = (pool: Pool, body: string, signature: string): Promise<Answer> =>
  new Promise((resolve) => {
    let status = 0;
    let startedMs = Number.NaN;
    pool.dispatch(
      { path: PATH, method: 'POST', body, headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature } },
      {
        onRequestStart: () => void (startedMs = performance.now()),
        onResponseStart: (_controller, statusCode) => void (status = statusCode),
        onResponseData: () => undefined,
        onResponseEnd: () => resolve({ status, startedMs }),
        onResponseError: () => resolve({ status: 0, startedMs }),
      },
    );
  });

function signatureOf(context: FaultContext, body: string): string {
  const [secret = ''] = (context.services.env['WEBHOOK_APP_SECRETS'] ?? '').split(',');
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

const inSeconds = (ms: number): string => String(Math.floor(ms / 1_000));

export interface StatusWords {
  readonly wamid: string;
  readonly status: string;
  readonly phoneNumberId: string;
  readonly to: string;
  readonly reference?: string | undefined;
  readonly atMs: number;
  /** Why it failed. */
  readonly code?: number | undefined;
}

/** A POST with one status of one message. */
export const statusWebhook = ({ wamid, status, phoneNumberId, to, reference, atMs, code }: StatusWords): string =>
  envelope(phoneNumberId, {
    statuses: [
      {
        id: wamid,
        status,
        timestamp: inSeconds(atMs),
        recipient_id: to.slice(1),
        ...(reference === undefined ? {} : { biz_opaque_callback_data: reference }),
        ...(code === undefined ? {} : { errors: [{ code }] }),
      },
    ],
  });

/** A POST in which somebody whom we have never heard of writes STOP. */
export function strangersStop(random: SeededRandom, atMs: number): Posted {
  const from = `9190${String(random.int(10_000_000, 99_999_999))}`;
  const wamid = `wamid.${randomUUID()}`;
  return { signed: true, wamid, body: inboundWebhook({ wamid, from, phoneNumberId: NUMBERS[0].id, text: 'STOP', atMs }) };
}

/** A POST with what somebody wrote. */
export const inboundWebhook = (words: {
  readonly wamid: string;
  readonly from: string;
  readonly phoneNumberId: string;
  readonly text: string;
  readonly atMs: number;
}): string =>
  envelope(words.phoneNumberId, {
    contacts: [{ profile: { name: 'Asha' }, wa_id: words.from }],
    messages: [{ id: words.wamid, from: words.from, timestamp: inSeconds(words.atMs), type: 'text', text: { body: words.text } }],
  });

const envelope = (phoneNumberId: string, value: object): string =>
  JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: WABA_ID,
        changes: [
          {
            field: 'messages',
            value: {
              messaging_product: 'whatsapp',
              metadata: { display_phone_number: '15550783881', phone_number_id: phoneNumberId },
              ...value,
            },
          },
        ],
      },
    ],
  });
