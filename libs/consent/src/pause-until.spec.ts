import { describe, expect, it } from '@jest/globals';
import { pauseEndsAt } from './pause-until.js';

const TZ = 'Asia/Kolkata';
const NOW = Date.parse('2026-11-22T10:00:00+05:30');

describe(pauseEndsAt.name, () => {
  it('lasts until the recipient ends it when nothing else was said', () => {
    expect(pauseEndsAt('resumed', NOW, TZ)).toBeUndefined();
  });

  it('skips as many mornings as days were asked for', () => {
    const end = pauseEndsAt({ days: 7 }, NOW, TZ) ?? 0;
    const mornings = Array.from({ length: 10 }, (_, day) => Date.parse('2026-11-23T06:00:00+05:30') + day * 86_400_000);

    expect(mornings.filter((morning) => morning < end)).toHaveLength(7);
  });

  it('ends with the first instant of the local day that was named', () => {
    expect(pauseEndsAt({ date: '2026-12-15' }, NOW, TZ)).toBe(Date.parse('2026-12-15T00:00:00+05:30'));
  });

  it.each([
    ['later this year', { month: 12, day: 15 }, '2026-12-15T00:00:00+05:30'],
    ['next year', { month: 2, day: 1 }, '2027-02-01T00:00:00+05:30'],
    ['a year on, when today is named', { month: 11, day: 22 }, '2027-11-22T00:00:00+05:30'],
    ['the next leap year', { month: 2, day: 29 }, '2028-02-29T00:00:00+05:30'],
  ])('takes a day without a year for the next such day: %s', (_, until, expected) => {
    expect(pauseEndsAt(until, NOW, TZ)).toBe(Date.parse(expected));
  });
});
