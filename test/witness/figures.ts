import type { LedgerLine } from './ledger.js';

/** The instants a run is judged by, epoch ms on the run's clock. */
export interface Judgement {
  readonly runId: string;
  /** Whoever said no before it is not in the plan. */
  readonly freezesAtMs: number;
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
  /** Accepted, and given up by the platform afterwards. */
  readonly failedByCode: Readonly<Record<string, number>>;
  /** Accepted, kept back, and nothing said of it since. */
  readonly held: number;
  /** Accepted at or after the end of the window. */
  readonly acceptedLate: number;
  /** Deliveries of which at least one request came. */
  readonly posted: number;
  /** Of those, never accepted; and by each code with which they were refused. */
  readonly neverAccepted: number;
  readonly neverAcceptedByCode: Readonly<Record<string, number>>;
  /** Accepted inside the window, by people who did not leave, and neither sent in time nor given up. */
  readonly silent: number;
  /** How many people left the figure: they wrote STOP before the first request to them, or after the freeze and got none. */
  readonly left: number;
  /** Of those, whose first request arrived so soon after it that it may have set out before: either figure of them is right. */
  readonly crossed: number;
}

const SECOND_MS = 1_000;
/** Longest way of a request from its start to this ledger, on the run's clock: of a busy machine, at several times the speed. */
const ON_THE_WAY_MS = 250;
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
  const stops = stopsOf(lines, judgement);
  const gone = leftTheFigure(stops, posts, deliveryOf);
  const staying = (deliveries: Iterable<string | undefined>): number => new Set([...deliveries].filter((id) => !gone.has(id))).size;
  const failures = failuresOf(lines, deliveryOf, judgement.sealedAtMs);
  const refused = posts.filter((l) => l.accepted !== true && !acceptsPerDelivery.has(deliveryOf(l.reference) ?? ''));
  const heardOf = new Set([...reachedBy.sent, ...failures.keys()]);
  const onTime = (l: LedgerLine): boolean => onTimeBy.sent.has(deliveryOf(l.reference) ?? '');

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
      [...Map.groupBy(posts, (l) => l.phoneNumberId ?? '')].map(([number, of]) => [number, mostInASecond(of.map((l) => l.atMs))]),
    ),
    reached: { sent: reachedBy.sent.size, delivered: reachedBy.delivered.size, read: reachedBy.read.size },
    onTime: {
      accepted: staying(accepted.filter(inWindow).map((l) => deliveryOf(l.reference))),
      sent: staying(onTimeBy.sent),
      delivered: staying(onTimeBy.delivered),
    },
    failedByCode: Object.fromEntries(countBy([...failures.values()], (code) => code)),
    held: distinct(
      accepted.filter((l) => l.status === HELD),
      deliveryOf,
    ).filter((id) => !heardOf.has(id)).length,
    acceptedLate: distinct(
      accepted.filter((l) => l.atMs >= judgement.closesAtMs),
      deliveryOf,
    ).length,
    posted: distinct(posts, deliveryOf).length,
    neverAccepted: distinct(refused, deliveryOf).length,
    neverAcceptedByCode: Object.fromEntries(
      [...Map.groupBy(refused, (l) => String(l.code ?? 0))].map(([code, of]) => [code, distinct(of, deliveryOf).length]),
    ),
    silent: distinct(
      accepted.filter((l) => inWindow(l) && !onTime(l)),
      deliveryOf,
    ).filter((id) => !failures.has(id) && !gone.has(id)).length,
    crossed: [...gone.values()].filter((afterMs) => afterMs < ON_THE_WAY_MS).length,
    left: [...stops].filter(([phone, stop]) => leaves(phone, stop, posts, judgement)).length,
  };
}

/** Somebody's first STOP, if ever we were told of it. */
interface Stop {
  /** End of the second in which it was written. */
  readonly overMs: number;
  /** When we acknowledged it. */
  readonly toldMs: number;
}

function stopsOf(lines: readonly LedgerLine[], { sealedAtMs }: Judgement): Map<string, Stop> {
  const told = new Map<string, number>();
  for (const { status, from, atMs } of acknowledged(lines, sealedAtMs))
    if (status === 'inbound' && from !== undefined && !told.has(from)) told.set(from, atMs);
  const stops = new Map<string, Stop>();
  for (const { kind, from = '', text, atMs } of lines) {
    const toldMs = told.get(from);
    if (kind === 'inbound' && isStop(text) && toldMs !== undefined && !stops.has(from))
      stops.set(from, { overMs: Math.floor(atMs / SECOND_MS) * SECOND_MS + SECOND_MS, toldMs });
  }
  return stops;
}

/** Deliveries to people whose STOP was over before the first request, however late we were told of it, and how long before, ms. */
function leftTheFigure(
  stops: ReadonlyMap<string, Stop>,
  posts: readonly LedgerLine[],
  deliveryOf: (r: string | undefined) => string | undefined,
): Map<string | undefined, number> {
  const first = new Map(posts.toReversed().map((l) => [deliveryOf(l.reference), l]));
  const afterStop = [...first].map(([id, { to = '', atMs }]) => [id, atMs - (stops.get(to)?.overMs ?? Number.POSITIVE_INFINITY)] as const);
  return new Map(afterStop.filter(([, afterMs]) => afterMs >= 0));
}

/** Whoever wrote it before the freeze, and got nothing, was never in the plan. */
function leaves(phone: string, { overMs, toldMs }: Stop, posts: readonly LedgerLine[], { freezesAtMs, closesAtMs }: Judgement): boolean {
  const first = posts.find((l) => l.to === phone);
  return first === undefined ? toldMs >= freezesAtMs && overMs <= closesAtMs : first.atMs >= overMs;
}

/** `message_status` of a message that the platform keeps back. */
const HELD = 'held_for_quality_assessment';

const distinct = (lines: readonly LedgerLine[], deliveryOf: (r: string | undefined) => string | undefined): string[] => [
  ...new Set(lines.map((l) => deliveryOf(l.reference) ?? '')),
];

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

/** The code of each delivery that failed: by every message of it, none of which was delivered all the same. */
function failuresOf(
  lines: readonly LedgerLine[],
  deliveryOf: (r: string | undefined) => string | undefined,
  untilMs: number,
): Map<string, string> {
  const messages = new Map<string, Map<string, string | undefined>>();
  const note = ({ reference = '' }: LedgerLine, failedWith: string | undefined, isFinal: boolean): void => {
    const deliveryId = deliveryOf(reference);
    if (deliveryId === undefined) return;
    const ofDelivery = messages.get(deliveryId) ?? new Map<string, string | undefined>();
    messages.set(deliveryId, ofDelivery);
    if (isFinal || !ofDelivery.has(reference)) ofDelivery.set(reference, failedWith);
  };
  for (const line of lines) if (line.kind === 'request' && line.accepted === true) note(line, undefined, false);
  const told = acknowledged(lines, untilMs);
  for (const line of told) if (line.status === 'failed') note(line, String(line.code ?? 0), true);
  for (const line of told) if (line.status === 'delivered' || line.status === 'read') note(line, undefined, true);
  const failures = new Map<string, string>();
  for (const [deliveryId, ofDelivery] of messages) {
    const codes = [...ofDelivery.values()];
    const last = codes.at(-1);
    if (last !== undefined && !codes.includes(undefined)) failures.set(deliveryId, last);
  }
  return failures;
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
  new Map([...Map.groupBy(items, keyOf)].map(([key, of]) => [key, of.length]));
