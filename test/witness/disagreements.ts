import type { Figures } from './figures.js';

/** What the sla-tracker claims of a morning. */
export interface Claims {
  readonly eligible: number;
  readonly planned: number;
  readonly accepted: number;
  readonly sent: number;
  readonly delivered: number;
  readonly read: number;
  readonly failed: number;
  readonly failedAfterAcceptance: number;
  readonly held: number;
  readonly suppressed: number;
  readonly expired: number;
  readonly unresolved: number;
  readonly late: number;
  readonly lost: number;
  readonly denominator: number;
  readonly onTime: Readonly<Record<Stage, number>>;
  readonly ratio: Readonly<Record<Stage, number | null>>;
  readonly objective: number;
  readonly slaStage: 'sent' | 'delivered';
  readonly verdict: string;
  readonly attempts: number;
  readonly duplicates: number;
  readonly outOfWindow: number;
  readonly rateLimited: number;
  readonly failuresByCode: Readonly<Record<string, number>>;
  readonly exclusions: readonly { readonly reason: string; readonly recipients: number }[];
  readonly perShard: readonly { readonly phoneNumberId: string; readonly accepted: number; readonly maxPerRollingSecond: number }[];
  readonly missesByCause: Readonly<Record<string, number>>;
}

type Stage = 'accepted' | 'sent' | 'delivered';
const STAGES = ['accepted', 'sent', 'delivered'] as const;

/**
 * Most POSTs in a second are counted where they start and where they are answered: the way between is not always equally long. This share of it and
 * this many may be more or fewer there; at ten times the speed a delay of 10 ms is one of 100 ms.
 */
const SECOND_TOLERANCE = { share: 0.25, posts: 10 };

/** What is known of the morning otherwise. */
export interface Beside {
  /** How many people the back office named. */
  readonly known?: number;
  /** So many connections to the platform were lost on the way, each perhaps with a POST that it never saw. */
  readonly connectionsLost?: number;
}

type Within = (what: string, claimed: number, from: number, to?: number) => void;

/**
 * Where the report and the platform's ledger differ, in words; and where the report differs from itself: what the ledger cannot know it bounds.
 * @param early the figures of what was acknowledged a moment before the seal: a status acknowledged in that moment may be on either side of it
 * @param late the figures of what was acknowledged before the seal
 * @param beside what neither of the two can tell
 */
export function disagreements(claims: Claims, early: Figures, late: Figures, beside: Beside = {}): string[] {
  const differences: string[] = [];
  const within: Within = (what, claimed, from, to = from) => {
    if (!(claimed >= from && claimed <= to))
      differences.push(`${what}: the report says ${claimed}, the ledger ${from === to ? from : `${from} to ${to}`}`);
  };
  posts(claims, late, beside.connectionsLost ?? 0, within);
  ladder(claims, early, late, within);
  ends(claims, early, late, within);
  denominator(claims, early, late, beside.known, within);
  ratios(claims, differences);
  misses(claims, early, late, within);
  numbers(claims, late, within);
  return differences;
}

function posts(claims: Claims, late: Figures, connectionsLost: number, within: Within): void {
  within('accepted', claims.accepted, late.accepted);
  within('attempts', claims.attempts, late.posts, late.posts + connectionsLost);
  within('duplicates', claims.duplicates, late.duplicates.length);
  within('out of window', claims.outOfWindow, late.outOfWindow);
  within('late', claims.late, late.acceptedLate);
  within('rate limited', claims.rateLimited, late.rateLimited);
}

function ladder({ onTime, ...claims }: Claims, early: Figures, late: Figures, within: Within): void {
  within('accepted on time', onTime.accepted, late.onTime.accepted, late.onTime.accepted + late.crossed);
  within('sent on time', onTime.sent, early.onTime.sent, late.onTime.sent + late.crossed);
  within('delivered on time', onTime.delivered, early.onTime.delivered, late.onTime.delivered + late.crossed);
  within('sent', claims.sent, early.reached.sent, late.reached.sent);
  within('delivered', claims.delivered, early.reached.delivered, late.reached.delivered);
  within('read', claims.read, early.reached.read, late.reached.read);
  within('held', claims.held, Math.min(early.held, late.held), Math.max(early.held, late.held));
}

/** Every delivery has one end; which, the ledger knows of those that the platform took, and bounds of the others. */
function ends(claims: Claims, early: Figures, late: Figures, within: Within): void {
  within('the sum of all ends', claims.accepted + claims.failed + claims.suppressed + claims.expired + claims.unresolved, claims.planned);
  within('lost', claims.lost, 0, Math.max(0, claims.planned - late.posted));
  const [least, most] = [early, late].map(({ failedByCode }) => sumOf(failedByCode)).toSorted((a, b) => a - b) as [number, number];
  within('failed after acceptance', claims.failedAfterAcceptance, least, most);
  within('failed', claims.failed, 0, late.neverAccepted + (claims.failuresByCode['0'] ?? 0));
  within('the sum of failures by code', sumOf(claims.failuresByCode), claims.failed + claims.failedAfterAcceptance);
  for (const code of new Set(
    [early, late, { failedByCode: claims.failuresByCode }].flatMap(({ failedByCode }) => Object.keys(failedByCode)),
  )) {
    if (code === '0') continue; // refused by nobody's code: bounded by the sum
    const given = [early.failedByCode[code] ?? 0, late.failedByCode[code] ?? 0];
    within(
      `failures with ${code}`,
      claims.failuresByCode[code] ?? 0,
      Math.min(...given),
      Math.max(...given) + (late.neverAcceptedByCode[code] ?? 0),
    );
  }
}

/** Why somebody has no place in the plan, where it is for their own word: whoever left after the freeze was not one of them. */
const WITHOUT_CONSENT: readonly string[] = ['no-consent', 'opted-out', 'paused'];

/** Everybody in the plan, less those who left. Of those who got nothing, whoever had no place in the plan did not leave it. */
function denominator(claims: Claims, early: Figures, late: Figures, known: number | undefined, within: Within): void {
  const excluded = sumOf(claims.exclusions.map(({ recipients }) => recipients));
  const withoutPlace = sumOf(claims.exclusions.map(({ reason, recipients }) => (WITHOUT_CONSENT.includes(reason) ? 0 : recipients)));
  within('eligible', claims.eligible, claims.planned);
  if (known !== undefined) within('eligible and excluded', claims.eligible + excluded, known);
  const mostThatStayed = claims.planned - Math.max(0, early.left - withoutPlace) + late.crossed;
  within('denominator', claims.denominator, claims.planned - late.left, mostThatStayed);
}

/** From the report's own counts, which were checked before. */
function ratios(claims: Claims, differences: string[]): void {
  for (const stage of STAGES) {
    const ratio = claims.denominator > 0 ? claims.onTime[stage] / claims.denominator : null;
    if (claims.ratio[stage] !== ratio) differences.push(`ratio of ${stage}: the report says ${claims.ratio[stage]}, its counts ${ratio}`);
  }
  const share = claims.denominator > 0 ? claims.onTime[claims.slaStage] / claims.denominator : null;
  const verdict = share === null ? 'NO_DATA' : share >= claims.objective ? 'PASS' : 'FAIL';
  if (claims.verdict !== verdict) differences.push(`verdict: the report says ${claims.verdict}, its counts ${verdict}`);
}

/** Every miss has one cause. What the platform took in time and said nothing of is the platform's; people can only miss what was refused or failed, or not delivered. */
function misses({ missesByCause, slaStage, ...claims }: Claims, early: Figures, late: Figures, within: Within): void {
  const missed = claims.denominator - claims.onTime[slaStage];
  const { not_eligible: notEligible = 0, ...inDenominator } = missesByCause;
  within('the sum of misses', sumOf(inDenominator), missed);
  within('not eligible', notEligible, Math.max(claims.eligible, claims.planned) - claims.denominator);
  if (slaStage !== 'sent') return;
  const failures = Math.max(sumOf(early.failedByCode), sumOf(late.failedByCode)) + late.neverAccepted;
  within('missed by recipients', missesByCause['recipient'] ?? 0, 0, failures);
  within('missed by the platform', missesByCause['platform'] ?? 0, late.silent, missed);
}

function numbers({ perShard }: Claims, late: Figures, within: Within): void {
  for (const { phoneNumberId, accepted, maxPerRollingSecond } of perShard) {
    within(`accepted by number ${phoneNumberId}`, accepted, late.acceptedByNumber.get(phoneNumberId) ?? 0);
    const most = late.maxPerRollingSecond.get(phoneNumberId) ?? 0;
    const tolerance = Math.ceil(most * SECOND_TOLERANCE.share) + (most > 0 ? SECOND_TOLERANCE.posts : 0);
    within(`most in a second by number ${phoneNumberId}`, maxPerRollingSecond, Math.max(0, most - tolerance), most + tolerance);
  }
  within('accepted by all numbers', sumOf(perShard.map(({ accepted }) => accepted)), sumOf([...late.acceptedByNumber.values()]));
}

const sumOf = (counts: Readonly<Record<string, number>> | readonly number[]): number =>
  Object.values(counts).reduce((sum: number, count: number) => sum + count, 0);
