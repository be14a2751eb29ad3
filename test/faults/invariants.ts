import { RUN_ID } from '../morning/run-plan.js';
import { figuresOf, mostInASecond, type Judgement } from '../witness/figures.js';
import { disagreements, type Claims } from '../witness/disagreements.js';
import type { LedgerLine } from '../witness/ledger.js';
import type { Expectation, Invariant } from './scenario.js';
import type { Transition } from './transitions.js';

/** A delivery as the sender's table has it, read by the administrator. */
export interface DeliveryRow {
  readonly delivery_id: string;
  readonly state: string;
  readonly reason: string;
}

/** Everything that is known after a morning. */
export interface Evidence {
  readonly lines: readonly LedgerLine[];
  readonly rows: readonly DeliveryRow[];
  readonly report: Claims;
  readonly judgement: Judgement;
  readonly expect: Expectation;
  /** Phone numbers by what was to happen to them; known from the population and the scenario alone. */
  readonly people: { readonly mustGet: readonly string[]; readonly mustNotGet: readonly string[]; readonly stopped: readonly string[] };
  /** Connections to the platform that the fault ended. */
  readonly connectionsLost: number;
  /** What PostgreSQL saw of the deliveries' states. */
  readonly transitions: readonly Transition[];
}

/** A STOP may cross a request that is already on the wire. */
const STOP_GRACE_MS = 1_000;
/** Around the seal a status may have been acknowledged and not yet folded. */
const SEAL_SLACK_MS = 15_000;
/** The platform sees arrivals: what was sent evenly may arrive a little less so. */
const RATE_TOLERANCE = 1.05;
const UNSETTLED = ['QUEUED', 'CLAIMED', 'AMBIGUOUS'];

/** What each invariant found broken, in words that count and never name. Empty: it holds. */
export const INVARIANTS: Readonly<Record<Invariant, (evidence: Evidence) => string[]>> = {
  I1: ({ lines, rows, report, expect, people }) => {
    const accepted = posts(lines).filter((l) => l.accepted === true);
    const perPhone = Map.groupBy(accepted, (l) => l.to);
    const twice = [...perPhone.values()].filter((of) => of.length > 1).length;
    const owned = expect.duplicates === 'disclosed' ? report.duplicates : 0;
    const forgotten = people.mustGet.filter((phone) => !perPhone.has(phone)).length;
    const unexplained = rows.filter((row) => row.state !== 'ACCEPTED' && !UNSETTLED.includes(row.state) && row.reason === '').length;
    return [
      ...said(twice - owned, `people got more than one message (${owned} disclosed)`),
      ...(expect.everybody ? said(forgotten, 'people were forgotten') : []),
      ...said(unexplained, 'deliveries ended without a reason'),
    ];
  },
  I2: ({ lines, judgement }) =>
    said(posts(lines).filter((l) => l.atMs < judgement.opensAtMs || l.atMs >= judgement.closesAtMs).length, 'POSTs outside the window'),
  I3: ({ lines, people }) => {
    const mayNot = new Set(people.mustNotGet);
    const stoppedAtMs = new Map<string, number>();
    for (const l of lines) {
      const isStop = l.kind === 'webhook' && l.status === 'inbound' && l.answer === 200 && l.from !== undefined;
      if (isStop && people.stopped.includes(l.from) && !stoppedAtMs.has(l.from)) stoppedAtMs.set(l.from, l.atMs);
    }
    const late = posts(lines).filter((l) => l.atMs > (stoppedAtMs.get(l.to ?? '') ?? Infinity) + STOP_GRACE_MS);
    return [
      ...said(posts(lines).filter((l) => mayNot.has(l.to ?? '')).length, 'POSTs to people without consent'),
      ...said(late.length, 'POSTs after a STOP was acknowledged'),
      ...said(people.stopped.filter((phone) => !stoppedAtMs.has(phone)).length, 'STOPs were never acknowledged'),
    ];
  },
  IC: ({ lines, transitions }) => {
    const claims = Map.groupBy(
      transitions.filter(({ state }) => state === 'CLAIMED'),
      ({ delivery_id: id, attempt, epoch }) => `${id}.${attempt}.${epoch}`,
    );
    const perClaim = [...Map.groupBy(posts(lines), (l) => l.reference?.split('.').slice(2).join('.') ?? '')];
    const claimedBefore = (claim: string, line: LedgerLine): boolean =>
      (claims.get(claim) ?? []).some(({ at_ms: atMs }) => atMs <= (line.realAtMs ?? Infinity));
    return [
      ...said(
        perClaim.filter(([claim, of]) => !of.every((line) => claimedBefore(claim, line))).length,
        'POSTs without a claim before them',
      ),
      ...said(
        perClaim.filter(([claim, of]) => of.length > Math.max(1, claims.get(claim)?.length ?? 0)).length,
        'claims were posted more than once',
      ),
    ];
  },
  I5: ({ lines, rows }) => {
    const ledger = new Set(posts(lines).flatMap((l) => (l.accepted === true ? [deliveryOf(l)] : [])));
    const ours = new Set(rows.filter((row) => row.state === 'ACCEPTED').map((row) => row.delivery_id));
    return [
      ...said(missingFrom(ours, ledger), 'deliveries that the platform accepted are not ACCEPTED with us'),
      ...said(missingFrom(ledger, ours), 'deliveries are ACCEPTED with us, and the platform never took them'),
    ];
  },
  I6: ({ lines }) =>
    [...Map.groupBy(posts(lines), (l) => l.phoneNumberId ?? '')].flatMap(([number, of]) => {
      let newest = 0;
      const older = of.filter((l) => {
        const epoch = Number(l.reference?.split('.')[4]);
        newest = Math.max(newest, epoch);
        return epoch < newest;
      });
      return said(older.length, `POSTs of ${number} under an older epoch`);
    }),
  I7: ({ lines, expect }) => [
    ...[...Map.groupBy(posts(lines), (l) => l.phoneNumberId ?? '')].flatMap(([number, of]) => {
      const most = mostInASecond(of.map((l) => l.atMs));
      const { numberLimit } = expect;
      return most > numberLimit * RATE_TOLERANCE ? [`${most} POSTs of ${number} in a rolling second, ${numberLimit} are allowed`] : [];
    }),
    ...(expect.rateLimited ? [] : said(posts(lines).filter((l) => l.code === 130_429).length, 'POSTs were refused for rate')),
  ],
  I10: ({ rows }) => said(rows.filter((row) => UNSETTLED.includes(row.state)).length, 'deliveries are still unsettled'),
  I12: ({ lines, report, judgement, connectionsLost }) => {
    const sealedAt = (ms: number) => figuresOf(lines, { ...judgement, sealedAtMs: judgement.sealedAtMs + ms });
    return disagreements(report, sealedAt(-SEAL_SLACK_MS), sealedAt(SEAL_SLACK_MS), { connectionsLost });
  },
};

/** Of those who can be reached, how many Meta stamped `sent` (or better) before the deadline. */
export function sentOnTime(evidence: Pick<Evidence, 'lines' | 'judgement'>, reachable: readonly string[]): { count: number; of: number } {
  const phoneOf = new Map(posts(evidence.lines).map((l) => [deliveryOf(l), l.to]));
  const onTime = new Set(
    evidence.lines
      .filter((l) => l.kind === 'webhook' && ['sent', 'delivered', 'read'].includes(l.status ?? ''))
      .filter((l) => isOfRun(l) && (l.stampMs ?? Infinity) < evidence.judgement.deadlineAtMs)
      .map((l) => phoneOf.get(deliveryOf(l))),
  );
  return { count: reachable.filter((phone) => onTime.has(phone)).length, of: reachable.length };
}

const isOfRun = (l: LedgerLine): boolean => l.reference?.startsWith(`d.${RUN_ID}.`) === true;

/** Campaign POSTs of the run, in the order in which the platform saw them. */
const posts = (lines: readonly LedgerLine[]): LedgerLine[] => lines.filter((l) => l.kind === 'request' && isOfRun(l));

/** `d.<run>.<delivery>.<attempt>.<epoch>` */
const deliveryOf = (l: LedgerLine): string => l.reference?.split('.')[2] ?? '';

const missingFrom = (some: ReadonlySet<string>, all: ReadonlySet<string>): number => [...all].filter((id) => !some.has(id)).length;

const said = (count: number, what: string): string[] => (count > 0 ? [`${count} ${what}`] : []);
