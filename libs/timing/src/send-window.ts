import { invalid, type Violation } from '@daybreak/kernel';
import { DateTime, IANAZone } from 'luxon';

/** All instants that judge a run, epoch milliseconds. Computed once when the run is announced; everyone else is told them. */
export interface WindowInstants {
  /** The plan is bound by its hash. */
  readonly freezeAt: number;
  /** Every shard has reported what it was given. */
  readonly stagedBy: number;
  /** T: no POST starts before it. */
  readonly opensAt: number;
  /** First attempts are due before it; what is left of the window belongs to retries. */
  readonly firstAttemptsEndAt: number;
  /** No POST starts at or after it. */
  readonly closesAt: number;
  /** On time means stamped before it. */
  readonly deadlineAt: number;
  readonly liveSealAt: number;
  readonly finalSealAt: number;
}

/** The instants of one run’s window, epoch ms, and what is inside. */
export interface SendWindow extends WindowInstants {
  /** Is this instant inside `[opensAt, closesAt)`? */
  contains(instantMs: number): boolean;
}

/** Local times are `HH:mm` or `HH:mm:ss` of the run date in `tz`. */
export interface SendWindowOptions {
  /** Local calendar date, `YYYY-MM-DD`. */
  readonly runDate: string;
  readonly tz?: string;
  readonly freezeAt?: string;
  readonly stagedBy?: string;
  readonly windowStart?: string;
  readonly windowEnd?: string;
  readonly slaDeadline?: string;
  readonly liveSealAt?: string;
  /** The part of the window, counted from its end, that is kept free of first attempts. */
  readonly retryReserveMs?: number;
  /** From the live seal to the final one: Meta's statuses come up to days late. */
  readonly finalSealAfterMs?: number;
}

const HOUR_MS = 60 * 60 * 1_000;

/** Where the recipients live unless a tenant says otherwise; IANA name. */
export const DEFAULT_TIME_ZONE = 'Asia/Kolkata';

/** The contract’s morning: out by 06:04:30, judged at 06:05. Local times. */
export const SEND_WINDOW_DEFAULTS = {
  tz: DEFAULT_TIME_ZONE,
  freezeAt: '05:45',
  stagedBy: '05:55',
  windowStart: '05:59:30',
  windowEnd: '06:04:30',
  slaDeadline: '06:05:00',
  liveSealAt: '06:15',
  retryReserveMs: 60_000,
  finalSealAfterMs: 24 * HOUR_MS,
} as const satisfies Omit<Required<SendWindowOptions>, 'runDate'>;

/** T-12 h: the plan is drawn up for the first time, for eyes only. */
export const PROVISIONAL_PLAN_LEAD_MS = 12 * HOUR_MS;

/** Puts the behaviour onto instants that came from elsewhere (an event, a row). */
export const sendWindowFrom = (instants: WindowInstants): SendWindow => ({
  ...instants,
  contains: (instantMs) => instantMs >= instants.opensAt && instantMs < instants.closesAt,
});

/**
 * The window of one run date. Throws `invalid` naming every option that is not a date, a time or a zone, and any
 * two instants that are in the wrong order.
 */
export function sendWindowFor(options: SendWindowOptions): SendWindow {
  const o = { ...SEND_WINDOW_DEFAULTS, ...options };
  const violations: Violation[] = [];
  if (!IANAZone.isValidZone(o.tz)) throw invalid({ field: 'tz', reason: 'not an IANA time zone' });
  const at = (field: string, localTime: string): number => {
    const instant = DateTime.fromISO(`${o.runDate}T${localTime}`, { zone: o.tz });
    if (!/^\d{2}:\d{2}(:\d{2})?$/.test(localTime) || !instant.isValid) {
      violations.push({ field, reason: 'not a local time HH:mm or HH:mm:ss of a run date YYYY-MM-DD' });
    }
    return instant.toMillis();
  };
  const closesAt = at('windowEnd', o.windowEnd);
  const liveSealAt = at('liveSealAt', o.liveSealAt);
  const instants: WindowInstants = {
    freezeAt: at('freezeAt', o.freezeAt),
    stagedBy: at('stagedBy', o.stagedBy),
    opensAt: at('windowStart', o.windowStart),
    firstAttemptsEndAt: closesAt - o.retryReserveMs,
    closesAt,
    deadlineAt: at('slaDeadline', o.slaDeadline),
    liveSealAt,
    finalSealAt: liveSealAt + o.finalSealAfterMs,
  };
  if (violations.length > 0) throw invalid(...violations);
  const disordered = outOfOrder(instants);
  if (disordered.length > 0) throw invalid(...disordered);
  return sendWindowFrom(instants);
}

function outOfOrder(instants: WindowInstants): Violation[] {
  const rising = ['freezeAt', 'stagedBy', 'opensAt', 'firstAttemptsEndAt', 'closesAt', 'deadlineAt', 'liveSealAt', 'finalSealAt'] as const;
  return rising.flatMap((field, i) => {
    const before = rising[i - 1];
    if (before === undefined) return [];
    // The window must have a span, and a deadline may fall on its end; elsewhere two instants may coincide.
    const ok = before === 'opensAt' ? instants[before] < instants[field] : instants[before] <= instants[field];
    return ok ? [] : [{ field, reason: `must not come before ${before}` }];
  });
}

/** `send-late` lets campaign POSTs start after the window (counted as late); `none`, the default, never does. */
export type LatePolicy = 'none' | 'send-late';

/** May a campaign POST start now? Late ones until the live figure is sealed. */
export const canStart = (nowMs: number, window: SendWindow, latePolicy: LatePolicy = 'none'): boolean =>
  window.contains(nowMs) || (latePolicy === 'send-late' && nowMs >= window.closesAt && nowMs < window.liveSealAt);

/** From when on no campaign POST starts. */
export const endOfSending = ({ closesAt, liveSealAt }: Pick<SendWindow, 'closesAt' | 'liveSealAt'>, latePolicy: LatePolicy): number =>
  latePolicy === 'send-late' ? liveSealAt : closesAt;

/** From the start of a POST until Meta's `sent` is stamped, with room for a slow answer. */
export const RETRY_LANDS_WITHIN_MS = 5_000;

/**
 * Can a retry that starts after `delayMs` still start inside the window and land before the deadline? Where late is better than never, it is
 * enough that it may start.
 */
export function retryFits(
  nowMs: number,
  delayMs: number,
  window: SendWindow,
  latePolicy: LatePolicy = 'none',
  landsWithinMs: number = RETRY_LANDS_WITHIN_MS,
): boolean {
  const startsAt = nowMs + delayMs;
  if (latePolicy === 'send-late') return canStart(startsAt, window, latePolicy);
  return window.contains(startsAt) && startsAt + landsWithinMs <= window.deadlineAt;
}
