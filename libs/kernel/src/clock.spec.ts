import { describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import { clockFrom, manualClock, parseClockSpec } from './clock.js';

const T0 = '2026-11-22T05:58:30+05:30';
const APART_MS = 50; // the wall clock is disciplined while a process runs; its monotonic clock is not

/** What it gave, and how long the machine took over it: a busy one may take its time. */
function between<T>(work: () => T): readonly [result: T, lastedMs: number] {
  const startedMs = performance.now();
  return [work(), performance.now() - startedMs];
}

describe(parseClockSpec.name, () => {
  it('reads instant, speed and the epoch at which it was that instant', () => {
    expect(parseClockSpec(`${T0}@10x@1795300000000`)).toEqual({
      virtualOriginMs: Date.UTC(2026, 10, 22, 0, 28, 30),
      speed: 10,
      realOriginMs: 1_795_300_000_000,
    });
  });

  it.each([
    ['nothing', '', /must look like/],
    ['no epoch', `${T0}@10x`, /must look like/],
    ['no offset', '2026-11-22T05:58:30@10x@1', /needs an offset/],
    ['no instant', 'tomorrow@10x@1', /not ISO 8601/],
    ['a speed of zero', `${T0}@0x@1`, /above 0/],
  ])('refuses %s', (_what, spec, reason) => {
    expect(() => parseClockSpec(spec)).toThrow(reason);
  });
});

describe(clockFrom.name, () => {
  it('shows the same virtual time in every process that was given the same specification, however late it starts', () => {
    // The launcher made it six seconds ago.
    const [virtualMs, lastedMs] = between(() => clockFrom(`${T0}@10x@${Date.now() - 6_000}`).nowMs());

    const passedMs = virtualMs - DateTime.fromISO(T0).toMillis();
    expect(passedMs).toBeGreaterThanOrEqual(60_000 - 10 * APART_MS);
    expect(passedMs).toBeLessThanOrEqual(60_000 + 10 * (lastedMs + APART_MS));
  });

  it('waits a tenth of the virtual time at ten times the speed', () => {
    const clock = clockFrom(`${T0}@10x@${Date.now()}`);

    const [realMs, lastedMs] = between(() => clock.realMsUntil(clock.nowMs() + 10_000));

    expect(realMs).toBeGreaterThanOrEqual(1_000 - lastedMs - APART_MS);
    expect(realMs).toBeLessThanOrEqual(1_000);
    expect(clock.realMsUntil(clock.nowMs() - 1)).toBe(0);
  });

  it('follows the wall clock without a specification, shifted by the skew', () => {
    for (const skewMs of [0, 90_000]) {
      const [aheadMs, lastedMs] = between(() => -Date.now() + clockFrom(undefined, skewMs).nowMs());

      expect(aheadMs).toBeGreaterThanOrEqual(skewMs - APART_MS);
      expect(aheadMs).toBeLessThanOrEqual(skewMs + lastedMs + APART_MS);
    }
  });

  it('gives up a sleep when it is told to', async () => {
    const stop = new AbortController();
    const sleep = clockFrom(undefined).sleepUntil(Date.now() + 60_000, stop.signal);
    stop.abort(new Error('shutting down'));
    await expect(sleep).rejects.toThrow('shutting down');
  });
});

describe(manualClock.name, () => {
  it('wakes sleepers in the order of their instants, and only when their time has come', async () => {
    const clock = manualClock(0);
    const woken: string[] = [];
    const late = clock.sleepUntil(200).then(() => woken.push('late'));
    const early = clock.sleepUntil(100).then(() => woken.push('early'));

    clock.advance(150);
    await early;
    expect(woken).toEqual(['early']);
    clock.advance(50);
    await late;
    expect(woken).toEqual(['early', 'late']);
  });
});
