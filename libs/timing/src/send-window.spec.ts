import { describe, expect, it } from '@jest/globals';
import { isAppError } from '@daybreak/kernel';
import { canStart, endOfSending, retryFits, sendWindowFor } from './send-window.js';

const ist = (time: string, date = '2026-11-22'): number => Date.parse(`${date}T${time}+05:30`);
const window = sendWindowFor({ runDate: '2026-11-22' });

describe(sendWindowFor.name, () => {
  it('has the instants of the design by default', () => {
    expect(window).toMatchObject({
      freezeAt: ist('05:45:00'),
      stagedBy: ist('05:55:00'),
      opensAt: ist('05:59:30'),
      firstAttemptsEndAt: ist('06:03:30'),
      closesAt: ist('06:04:30'),
      deadlineAt: ist('06:05:00'),
      liveSealAt: ist('06:15:00'),
      finalSealAt: ist('06:15:00', '2026-11-23'),
    });
  });

  it('takes other local times', () => {
    const demo = sendWindowFor({ runDate: '2026-11-22', freezeAt: '05:58:40', stagedBy: '05:59:10', liveSealAt: '06:05:45' });

    expect([demo.freezeAt, demo.stagedBy, demo.liveSealAt]).toEqual([ist('05:58:40'), ist('05:59:10'), ist('06:05:45')]);
  });

  it('is on the wall clock of its zone on both sides of a change to summer time', () => {
    const opensAt = (runDate: string): number => sendWindowFor({ runDate, tz: 'America/New_York' }).opensAt;

    expect(new Date(opensAt('2026-03-07')).toISOString()).toBe('2026-03-07T10:59:30.000Z');
    expect(new Date(opensAt('2026-03-08')).toISOString()).toBe('2026-03-08T09:59:30.000Z');
  });

  it.each([
    ['a date', { runDate: '2026-02-30' }, /windowEnd/],
    ['a time', { runDate: '2026-11-22', freezeAt: '5.45' }, /freezeAt: not a local time/],
    ['a zone', { runDate: '2026-11-22', tz: 'IST-ish' }, /tz/],
    [
      'a window that ends before it starts',
      { runDate: '2026-11-22', windowStart: '06:04:30', windowEnd: '05:59:30' },
      /must not come before/,
    ],
    ['a reserve longer than the window', { runDate: '2026-11-22', retryReserveMs: 400_000 }, /firstAttemptsEndAt/],
    ['a deadline inside the window', { runDate: '2026-11-22', slaDeadline: '06:00:00' }, /deadlineAt/],
  ])('refuses what is not %s, naming the field', (_, options, message) => {
    expect(() => sendWindowFor(options)).toThrow(message);
    try {
      sendWindowFor(options);
    } catch (error) {
      expect(isAppError(error)).toBe(true);
    }
  });

  it.each([
    [ist('05:59:29.999'), false],
    [ist('05:59:30'), true],
    [ist('06:04:29.999'), true],
    [ist('06:04:30'), false],
  ])('contains its start and not its end (%d: %s)', (instant, inside) => {
    expect(window.contains(instant)).toBe(inside);
  });
});

describe(canStart.name, () => {
  it.each([
    ['before the window', '05:59:29.999', false, false],
    ['inside', '06:00:00', true, true],
    ['at its end', '06:04:30', false, true],
    ['at the live seal', '06:15:00', false, false],
  ] as const)('%s', (_, time, byDefault, sendLate) => {
    expect(canStart(ist(time), window)).toBe(byDefault);
    expect(canStart(ist(time), window, 'send-late')).toBe(sendLate);
  });
});

describe(retryFits.name, () => {
  it.each([
    ['starts inside the window', '06:00:00', 4_000, undefined, true],
    ['would start at its end', '06:04:26', 4_000, undefined, false],
    ['starts just before its end', '06:04:25', 4_999, undefined, true],
    ['could not land before the deadline', '06:04:25', 1_000, 40_000, false],
  ] as const)('a retry that %s', (_, time, delayMs, landsWithinMs, fits) => {
    expect(retryFits(ist(time), delayMs, window, 'none', landsWithinMs)).toBe(fits);
  });

  it('is only asked to start before the live seal, where late is better than never', () => {
    expect(retryFits(ist('06:04:29'), 60_000, window, 'send-late')).toBe(true);
    expect(retryFits(ist('06:14:00'), 60_000, window, 'send-late')).toBe(false);
    expect([endOfSending(window, 'none'), endOfSending(window, 'send-late')]).toEqual([window.closesAt, window.liveSealAt]);
  });
});
