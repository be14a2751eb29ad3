import { describe, expect, it } from '@jest/globals';
import { localDateOf, localTimeOf, nextRunDate, plusLocalDays, startOfLocalDay } from './local-time.js';

const at = (iso: string): number => Date.parse(iso);

describe('local time', () => {
  it('has the date and time of the zone, not of the machine', () => {
    const instant = at('2026-11-21T18:30:05Z');

    expect([localDateOf(instant), localTimeOf(instant)]).toEqual(['2026-11-22', '00:00:05']);
    expect([localDateOf(instant, 'America/New_York'), localTimeOf(instant, 'America/New_York')]).toEqual(['2026-11-21', '13:30:05']);
  });

  it('knows where a local day starts', () => {
    expect(startOfLocalDay('2026-11-22')).toBe(at('2026-11-21T18:30:00Z'));
    expect(() => startOfLocalDay('2026-13-01')).toThrow(/localDate/);
  });

  it('counts days across months and changes of the clock', () => {
    expect(plusLocalDays('2026-11-30', 1)).toBe('2026-12-01');
    expect(plusLocalDays('2026-03-07', 2)).toBe('2026-03-09');
    expect(plusLocalDays('2027-01-01', -1)).toBe('2026-12-31');
  });

  it.each([
    ['today, before the window', '2026-11-22T00:00:00+05:30', '2026-11-22'],
    ['today, while it is open', '2026-11-22T06:04:29+05:30', '2026-11-22'],
    ['tomorrow, once it is closed', '2026-11-22T06:04:30+05:30', '2026-11-23'],
  ])('runs %s', (_, now, date) => {
    expect(nextRunDate(at(now))).toBe(date);
  });
});
