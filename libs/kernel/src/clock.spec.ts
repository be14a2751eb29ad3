import { describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import { clockFrom, manualClock, parseClockSpec } from './clock.js';

const T0 = '2026-11-22T05:58:30+05:30';

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
    const realOriginMs = Date.now() - 6_000; // the launcher made it six seconds ago

    const virtualMs = clockFrom(`${T0}@10x@${realOriginMs}`).nowMs();

    expect(virtualMs - DateTime.fromISO(T0).toMillis()).toBeGreaterThanOrEqual(60_000 - 20);
    expect(virtualMs - DateTime.fromISO(T0).toMillis()).toBeLessThan(65_000);
  });

  it('waits a tenth of the virtual time at ten times the speed', () => {
    const clock = clockFrom(`${T0}@10x@${Date.now()}`);
    expect(clock.realMsUntil(clock.nowMs() + 10_000)).toBeGreaterThan(980);
    expect(clock.realMsUntil(clock.nowMs() + 10_000)).toBeLessThanOrEqual(1_000);
    expect(clock.realMsUntil(clock.nowMs() - 1)).toBe(0);
  });

  it('follows the wall clock without a specification, shifted by the skew', () => {
    expect(Math.abs(clockFrom(undefined).nowMs() - Date.now())).toBeLessThan(50);
    expect(Math.abs(clockFrom(undefined, 90_000).nowMs() - Date.now() - 90_000)).toBeLessThan(50);
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
