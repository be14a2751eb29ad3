import { isStop, type Figures, type Judgement } from './figures.js';
import type { LedgerLine } from './ledger.js';

/** Who was to get a message and who was not, by phone number, known from the population alone. */
export interface Expectations {
  readonly mustGet: readonly string[];
  /** Share of them that a morning of this kind reaches at least. Default: everybody. */
  readonly mustGetShare?: number | undefined;
  readonly mustNotGet: readonly string[];
  /** Wrote STOP while the window was open: nothing may start more than a second after it was acknowledged. */
  readonly stopInWindow: readonly string[];
}

/** A STOP may cross a request that is already on the wire. */
const STOP_GRACE_MS = 1_000;

/** Breaches of a promise, in words; none is good. Says how many, never who. */
export function brokenPromises(lines: readonly LedgerLine[], figures: Figures, judgement: Judgement, expected: Expectations): string[] {
  const accepted = lines.filter((l) => l.kind === 'request' && l.accepted === true && l.reference?.startsWith(`d.${judgement.runId}.`));
  const posted = new Set(lines.filter((l) => l.kind === 'request' && l.reference?.startsWith(`d.${judgement.runId}.`)).map((l) => l.to));
  const got = new Set(accepted.map((l) => l.to));
  const forgotten = withoutMessage(lines, judgement, expected.mustGet);
  const mayMiss = Math.floor((1 - (expected.mustGetShare ?? 1)) * expected.mustGet.length);
  const withoutConsent = expected.mustNotGet.filter((phone) => posted.has(phone));
  const strangers = [...got].filter(
    (phone) =>
      phone !== undefined && ![expected.mustGet, expected.mustNotGet, expected.stopInWindow].some((group) => group.includes(phone)),
  );
  return [
    ...said(figures.duplicates.length, 'deliveries were accepted twice'),
    ...said(figures.phonesTwice, 'phones got more than one message'),
    ...said(figures.outOfWindow, 'requests were outside the window'),
    ...said(forgotten > mayMiss ? forgotten : 0, 'advisors were forgotten'),
    ...said(withoutConsent.length, 'requests to advisors without consent'),
    ...said(postsAfterStop(lines, judgement, expected.stopInWindow), 'requests started after a STOP was acknowledged'),
    ...said(strangers.length, 'messages to phones that nobody knows'),
  ];
}

/** How many of these phones no message of the run was accepted for. */
export function withoutMessage(lines: readonly LedgerLine[], { runId }: Judgement, phones: readonly string[]): number {
  const got = new Set(
    lines.filter((l) => l.kind === 'request' && l.accepted === true && l.reference?.startsWith(`d.${runId}.`)).map((l) => l.to),
  );
  return phones.filter((phone) => !got.has(phone)).length;
}

/** Of those of whom it is known beforehand, and of whoever else wrote it. */
function postsAfterStop(lines: readonly LedgerLine[], judgement: Judgement, known: readonly string[]): number {
  const writers = lines.flatMap((l) => (l.kind === 'inbound' && isStop(l.text) && l.from !== undefined ? [l.from] : []));
  const phones = new Set([...known, ...writers]);
  const stopped = new Map<string, number>();
  for (const l of lines) {
    if (
      l.kind === 'webhook' &&
      l.status === 'inbound' &&
      l.from !== undefined &&
      l.answer === 200 &&
      phones.has(l.from) &&
      !stopped.has(l.from)
    )
      stopped.set(l.from, l.atMs);
  }
  return lines.filter((l) => {
    const stoppedAtMs = stopped.get(l.to ?? '');
    return (
      l.kind === 'request' &&
      l.reference?.startsWith(`d.${judgement.runId}.`) &&
      stoppedAtMs !== undefined &&
      l.atMs > stoppedAtMs + STOP_GRACE_MS
    );
  }).length;
}

const said = (count: number, what: string): string[] => (count === 0 ? [] : [`${count} ${what}`]);
