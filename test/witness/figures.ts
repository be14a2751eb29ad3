import type { LedgerLine } from './ledger.js';

/** The instants a run is judged by, epoch ms on the run's clock. */
export interface Judgement {
  readonly runId: string;
  readonly opensAtMs: number;
  readonly closesAtMs: number;
  readonly deadlineAtMs: number;
  /** Statuses that reached us before it count; later ones belong to the final seal. */
  readonly sealedAtMs: number;
}

export interface Figures {
  readonly posts: number;
  readonly accepted: number;
  /** Deliveries whose message was accepted more than once. */
  readonly duplicates: readonly string[];
  /** Phone numbers that got more than one accepted message. */
  readonly phonesTwice: number;
  readonly outOfWindow: number;
  readonly rateLimited: number;
  /** Requests that the platform refused, by its code. */
  readonly refusedByCode: Readonly<Record<string, number>>;
  /** By `name/language`. */
  readonly acceptedByTemplate: ReadonlyMap<string, number>;
  /** Per phone number id. */
  readonly acceptedByNumber: ReadonlyMap<string, number>;
  readonly maxPerRollingSecond: ReadonlyMap<string, number>;
  /** Deliveries that reached a status by then, cumulative up the ladder. */
  readonly reached: { readonly sent: number; readonly delivered: number; readonly read: number };
  /** Without those who had written STOP before their request, if ever we were told of it: they left the figure. */
  readonly onTime: { readonly accepted: number; readonly sent: number; readonly delivered: number };
  readonly failedByCode: Readonly<Record<string, number>>;
}

const SECOND_MS = 1_000;
const LADDER = ['sent', 'delivered', 'read'] as const;

/** Everything that can be said of a run from the platform's side alone. Knows the reference's form and nothing else of Daybreak. */
export function figuresOf(lines: readonly LedgerLine[], judgement: Judgement): Figures {
  const prefix = `d.${judgement.runId}.`;
  const deliveryOf = (reference: string | undefined): string | undefined =>
    reference?.startsWith(prefix) ? reference.slice(prefix.length).split('.')[0] : undefined;

  const posts = lines.filter((l) => l.kind === 'request' && deliveryOf(l.reference) !== undefined);
  const accepted = posts.filter((l) => l.accepted === true);
  const inWindow = (l: LedgerLine): boolean => l.atMs >= judgement.opensAtMs && l.atMs < judgement.closesAtMs;
  const acceptsPerDelivery = countBy(accepted, (l) => deliveryOf(l.reference) ?? '');
  const acceptsPerPhone = countBy(accepted, (l) => l.to ?? '');

  const reachedBy = statusesOf(lines, deliveryOf, judgement.sealedAtMs, () => true);
  const onTimeBy = statusesOf(lines, deliveryOf, judgement.sealedAtMs, (stampMs) => stampMs < judgement.deadlineAtMs);
  const left = leftTheFigure(lines, posts, deliveryOf, judgement.sealedAtMs);
  const staying = (deliveries: Iterable<string | undefined>): number => new Set([...deliveries].filter((id) => !left.has(id))).size;
  const failedByCode: Record<string, number> = {};
  for (const code of lastFailureOf(lines, deliveryOf, judgement.sealedAtMs, reachedBy.delivered))
    failedByCode[code] = (failedByCode[code] ?? 0) + 1;

  return {
    posts: posts.length,
    accepted: acceptsPerDelivery.size,
    duplicates: [...acceptsPerDelivery].filter(([, times]) => times > 1).map(([deliveryId]) => deliveryId),
    phonesTwice: [...acceptsPerPhone.values()].filter((times) => times > 1).length,
    outOfWindow: posts.filter((l) => !inWindow(l)).length,
    rateLimited: posts.filter((l) => l.code === 130429).length,
    refusedByCode: Object.fromEntries(
      countBy(
        posts.filter((l) => l.accepted !== true && l.code !== undefined),
        (l) => String(l.code),
      ),
    ),
    acceptedByTemplate: countBy(accepted, (l) => l.template ?? ''),
    acceptedByNumber: countBy(accepted, (l) => l.phoneNumberId ?? ''),
    maxPerRollingSecond: new Map(
      [...groupBy(posts, (l) => l.phoneNumberId ?? '')].map(([number, of]) => [number, mostInASecond(of.map((l) => l.atMs))]),
    ),
    reached: { sent: reachedBy.sent.size, delivered: reachedBy.delivered.size, read: reachedBy.read.size },
    onTime: {
      accepted: staying(accepted.filter(inWindow).map((l) => deliveryOf(l.reference))),
      sent: staying(onTimeBy.sent),
      delivered: staying(onTimeBy.delivered),
    },
    failedByCode,
  };
}

/** Deliveries to people who wrote STOP in a second that was over before the first request, as far as we were told, however late. */
function leftTheFigure(
  lines: readonly LedgerLine[],
  posts: readonly LedgerLine[],
  deliveryOf: (r: string | undefined) => string | undefined,
  untilMs: number,
): Set<string | undefined> {
  const told = new Set(acknowledged(lines, untilMs).flatMap((l) => (l.status === 'inbound' ? [l.from] : [])));
  const stoppedInMs = new Map<string, number>();
  for (const { kind, from = '', text, atMs } of lines)
    if (kind === 'inbound' && isStop(text) && told.has(from) && !stoppedInMs.has(from))
      stoppedInMs.set(from, Math.floor(atMs / SECOND_MS) * SECOND_MS);
  const first = new Map(posts.toReversed().map((l) => [deliveryOf(l.reference), l]));
  const late = [...first].filter(([, { to = '', atMs }]) => atMs >= (stoppedInMs.get(to) ?? Number.POSITIVE_INFINITY) + SECOND_MS);
  return new Set(late.map(([deliveryId]) => deliveryId));
}

/** The one word that the people of a morning use to leave. */
export const isStop = (text: string | undefined): boolean => text?.toUpperCase() === 'STOP';

type Reached = Record<(typeof LADDER)[number], Set<string>>;

/** Deliveries by status, from the webhooks that we answered with 200; each status implies those below it. */
function statusesOf(
  lines: readonly LedgerLine[],
  deliveryOf: (r: string | undefined) => string | undefined,
  untilMs: number,
  counts: (stampMs: number) => boolean,
): Reached {
  const reached: Reached = { sent: new Set(), delivered: new Set(), read: new Set() };
  for (const line of acknowledged(lines, untilMs)) {
    const deliveryId = deliveryOf(line.reference);
    const rung = LADDER.findIndex((status) => status === line.status);
    if (deliveryId === undefined || rung === -1 || !counts(line.stampMs ?? NaN)) continue;
    for (const status of LADDER.slice(0, rung + 1)) reached[status].add(deliveryId);
  }
  return reached;
}

/** Codes of deliveries that failed and were not delivered all the same. */
function lastFailureOf(
  lines: readonly LedgerLine[],
  deliveryOf: (r: string | undefined) => string | undefined,
  untilMs: number,
  delivered: ReadonlySet<string>,
): Iterable<string> {
  const codes = new Map<string, string>();
  for (const line of acknowledged(lines, untilMs)) {
    const deliveryId = deliveryOf(line.reference);
    if (deliveryId !== undefined && line.status === 'failed' && !delivered.has(deliveryId)) codes.set(deliveryId, String(line.code ?? 0));
  }
  return codes.values();
}

const acknowledged = (lines: readonly LedgerLine[], untilMs: number): LedgerLine[] =>
  lines.filter((l) => l.kind === 'webhook' && l.answer === 200 && l.atMs < untilMs);

/** Most instants in any span of one second, both ends of which may lie anywhere. */
export function mostInASecond(instantsMs: readonly number[]): number {
  const sorted = [...instantsMs].sort((a, b) => a - b);
  let most = 0;
  for (let first = 0, last = 0; last < sorted.length; last += 1) {
    while ((sorted[last] as number) - (sorted[first] as number) >= SECOND_MS) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

const countBy = <T>(items: readonly T[], keyOf: (item: T) => string): Map<string, number> =>
  new Map([...groupBy(items, keyOf)].map(([key, of]) => [key, of.length]));
