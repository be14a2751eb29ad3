import { DateTime } from 'luxon';

/**
 * The only source of "what time is it" for windows, due instants, the throttle and the simulator.
 * Leases, claim lives and network time-outs do not use it: they stay on `performance.now()` and database time.
 */
export interface Clock {
  /** Now, as a UTC luxon DateTime. */
  now(): DateTime;
  /** Now, in epoch milliseconds of this clock (fractions kept: at 10× one real millisecond is ten of ours). */
  nowMs(): number;
  /** Clock milliseconds that pass in one real millisecond. 1 in production. */
  readonly speed: number;
  /** Real milliseconds to wait until this clock shows `instantMs`; 0 if it already does. For `setTimeout` and delayed jobs. */
  realMsUntil(instantMs: number): number;
  /** Resolves when this clock shows `instantMs` or later; rejects with the signal's reason when aborted. */
  sleepUntil(instantMs: number, signal?: AbortSignal): Promise<void>;
}

const MAX_TIMER_MS = 2 ** 31 - 1; // setTimeout fires at once above this

class ScaledClock implements Clock {
  constructor(
    private readonly virtualOriginMs: number,
    readonly speed: number,
    private readonly realOriginMs: number,
    private readonly skewMs: number,
    private readonly realNowMs: () => number,
  ) {}

  nowMs(): number {
    return this.virtualOriginMs + (this.realNowMs() - this.realOriginMs) * this.speed + this.skewMs;
  }

  now(): DateTime {
    return DateTime.fromMillis(Math.floor(this.nowMs()), { zone: 'utc' });
  }

  realMsUntil(instantMs: number): number {
    return Math.max(0, (instantMs - this.nowMs()) / this.speed);
  }

  async sleepUntil(instantMs: number, signal?: AbortSignal): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const waitMs = this.realMsUntil(instantMs);
      if (waitMs <= 0) return;
      await timer(Math.min(Math.ceil(waitMs), MAX_TIMER_MS), signal);
    }
  }
}

function timer(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(handle);
      reject(signal?.reason as Error);
    };
    const handle = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** Date.now() has whole milliseconds, which a fast clock would multiply into visible steps. */
const fineRealNowMs = (): number => performance.timeOrigin + performance.now();

/** The wall clock. */
export const systemClock = (): Clock => clockFrom(undefined);

const SPEC = /^(?<instant>[^@]+)@(?<speed>\d+(?:\.\d+)?)x@(?<epochMs>\d+)$/;

/**
 * Parses `DAYBREAK_CLOCK`: `<virtual instant, ISO 8601 with offset>@<speed>x@<epoch ms at which it was that instant>`.
 * Carrying the epoch makes a restarted process land at the same virtual time.
 * Throws a RangeError that says which part is wrong.
 */
export function parseClockSpec(spec: string): { virtualOriginMs: number; speed: number; realOriginMs: number } {
  const parts = SPEC.exec(spec)?.groups;
  if (!parts) throw new RangeError('must look like 2026-11-22T05:58:30+05:30@10x@1795300000000');
  const instant = DateTime.fromISO(parts['instant'] ?? '', { setZone: true });
  if (!instant.isValid) throw new RangeError(`the virtual instant is not ISO 8601 (${instant.invalidReason})`);
  if (!/(Z|[+-]\d{2}:?\d{2})$/.test(parts['instant'] ?? '')) throw new RangeError('the virtual instant needs an offset, e.g. +05:30');
  const speed = Number(parts['speed']);
  if (speed <= 0) throw new RangeError('the speed must be above 0');
  return { virtualOriginMs: instant.toMillis(), speed, realOriginMs: Number(parts['epochMs']) };
}

/** The clock a process was given: `spec` as in `parseClockSpec`, or the wall clock when empty; `skewMs` shifts this one process (for faults). */
export function clockFrom(spec: string | undefined, skewMs = 0): Clock {
  if (!spec) return new ScaledClock(0, 1, 0, skewMs, () => Date.now());
  const { virtualOriginMs, speed, realOriginMs } = parseClockSpec(spec);
  return new ScaledClock(virtualOriginMs, speed, realOriginMs, skewMs, fineRealNowMs);
}

/** A clock that stands still until told. For tests and for the seeded simulation. */
export interface ManualClock extends Clock {
  set(instant: DateTime | number): void;
  advance(ms: number): void;
}

/** A clock that stands still until a test moves it. Sleepers wake in the order of their instants. */
export function manualClock(start: DateTime | number): ManualClock {
  let nowMs = typeof start === 'number' ? start : start.toMillis();
  let sleepers: { atMs: number; wake: () => void }[] = [];
  const moveTo = (ms: number): void => {
    nowMs = ms;
    const due = sleepers.filter((s) => s.atMs <= nowMs).sort((a, b) => a.atMs - b.atMs);
    sleepers = sleepers.filter((s) => s.atMs > nowMs);
    for (const sleeper of due) sleeper.wake();
  };
  return {
    speed: 1,
    nowMs: () => nowMs,
    now: () => DateTime.fromMillis(nowMs, { zone: 'utc' }),
    realMsUntil: (instantMs) => Math.max(0, instantMs - nowMs),
    sleepUntil: (atMs, signal) => {
      if (atMs <= nowMs) return Promise.resolve();
      return new Promise((wake, reject) => {
        sleepers.push({ atMs, wake });
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
    },
    set: (instant) => moveTo(typeof instant === 'number' ? instant : instant.toMillis()),
    advance: (ms) => moveTo(nowMs + ms),
  };
}
