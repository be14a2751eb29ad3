/** What a recipient can say yes to, each by itself. */
export const PURPOSES = ['content', 'marketing', 'ai'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** What a recipient said of a purpose last. `paused` is a yes that waits. */
export const CONSENT_STATES = ['opted_in', 'opted_out', 'paused'] as const;
export type ConsentState = (typeof CONSENT_STATES)[number];

/** What holds for one purpose now. */
export interface PurposeConsent {
  readonly state: ConsentState;
  /** When the recipient said so, epoch ms. */
  readonly sinceMs: number;
  /** For paused: when it ends by itself. Absent when only the recipient ends it. */
  readonly pausedUntilMs?: number;
}

/** A purpose that is not named was never agreed to. */
export type Consent = Readonly<Partial<Record<Purpose, PurposeConsent>>>;

/** One line of the ledger: what a recipient (or the platform for them) said of one purpose. */
export interface ConsentEvent {
  readonly purpose: Purpose;
  readonly change: 'start' | 'stop' | 'pause' | 'resume';
  /** Epoch ms, by the platform's stamp where there is one. */
  readonly atMs: number;
  /** For a pause. */
  readonly untilMs?: number;
  /** Said by WhatsApp's own switch for our messages, or by Meta for it: a stop that only the same switch, or a start, takes back. */
  readonly bySwitch?: boolean;
}

/** What wins among changes of the same instant: the later in this list. In doubt, silence. */
const PRECEDENCE: Readonly<Record<ConsentEvent['change'], number>> = { resume: 0, start: 1, pause: 2, stop: 3 };

const FOREVER = Number.POSITIVE_INFINITY;

const inOrder = (a: ConsentEvent, b: ConsentEvent): number =>
  a.atMs - b.atMs ||
  PRECEDENCE[a.change] - PRECEDENCE[b.change] ||
  Number(a.bySwitch === true) - Number(b.bySwitch === true) ||
  (a.untilMs ?? FOREVER) - (b.untilMs ?? FOREVER);

/** One purpose while it is folded. */
interface Held {
  /** What the person said here. Undefined: never anything that counts. */
  readonly said: PurposeConsent | undefined;
  /** When WhatsApp's switch was turned off, epoch ms; undefined while it is on. */
  readonly offSinceMs: number | undefined;
}

/** Folds the whole ledger of one recipient. The order in which events arrive does not matter; the newest wins. */
export function foldConsent(events: readonly ConsentEvent[]): Consent {
  const held = new Map<Purpose, Held>();
  for (const event of events.toSorted(inOrder))
    held.set(event.purpose, next(held.get(event.purpose) ?? { said: undefined, offSinceMs: undefined }, event));
  const consent: Partial<Record<Purpose, PurposeConsent>> = {};
  for (const [purpose, { said, offSinceMs }] of held) {
    if (offSinceMs !== undefined) consent[purpose] = { state: 'opted_out', sinceMs: offSinceMs };
    else if (said !== undefined) consent[purpose] = said;
  }
  return consent;
}

/**
 * WhatsApp's switch lies over what the person said here: off it is a no; on again, that holds which would hold without it. It is no opt-in of
 * somebody who never said yes, nor does it undo a STOP that was written to us.
 */
function next({ said, offSinceMs }: Held, event: ConsentEvent): Held {
  if (event.bySwitch === true && event.change === 'stop') return { said, offSinceMs: event.atMs };
  if (event.bySwitch === true && event.change === 'resume') {
    if (offSinceMs === undefined) return { said, offSinceMs }; // it was on: heard twice, or never off
    const before = said ?? { state: 'opted_out', sinceMs: offSinceMs };
    return { said: before.state === 'opted_in' ? { ...before, sinceMs: event.atMs } : before, offSinceMs: undefined };
  }
  return { said: after(said, event), offSinceMs: event.change === 'start' ? undefined : offSinceMs };
}

function after(held: PurposeConsent | undefined, event: ConsentEvent): PurposeConsent | undefined {
  switch (event.change) {
    case 'start':
      return { state: 'opted_in', sinceMs: event.atMs };
    case 'stop':
      return { state: 'opted_out', sinceMs: event.atMs };
    case 'pause':
      // Who never said yes, or said no, has nothing to pause.
      if (held === undefined || held.state === 'opted_out') return held;
      if (event.untilMs !== undefined && event.untilMs <= event.atMs) return held; // over before it was asked for
      return { state: 'paused', sinceMs: event.atMs, ...(event.untilMs === undefined ? {} : { pausedUntilMs: event.untilMs }) };
    case 'resume':
      // Ends a pause, and only that: after a STOP it takes a START.
      return held?.state === 'paused' ? { state: 'opted_in', sinceMs: event.atMs } : held;
  }
}

/** May this recipient get a message of this purpose at this instant? */
export function mayReceive(consent: Consent, purpose: Purpose, atMs: number): boolean {
  const held = consent[purpose];
  if (held === undefined || held.state === 'opted_out') return false;
  return held.state === 'opted_in' || (held.pausedUntilMs !== undefined && atMs >= held.pausedUntilMs);
}
