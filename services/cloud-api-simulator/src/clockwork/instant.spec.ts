import { describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import { instantMs } from './instant.js';

describe(instantMs.name, () => {
  const at = (start: string, text: string): string | null =>
    DateTime.fromMillis(instantMs(text, 'Asia/Kolkata', DateTime.fromISO(start).toMillis()), { zone: 'Asia/Kolkata' }).toISO({
      suppressMilliseconds: true,
    });

  it.each([
    ['a time soon after the start is today', '2026-11-24T05:58:30+05:30', '06:01:00', '2026-11-24T06:01:00+05:30'],
    ['a time shortly before the start is past', '2026-11-24T05:58:30+05:30', '05:00', '2026-11-24T05:00:00+05:30'],
    ['a morning is tomorrow for an evening start', '2026-11-23T20:00:00+05:30', '06:01:00', '2026-11-24T06:01:00+05:30'],
    ['an evening just gone stays gone after midnight', '2026-11-24T00:10:00+05:30', '23:30', '2026-11-23T23:30:00+05:30'],
    ['a whole instant is itself', '2026-11-24T05:58:30+05:30', '2026-12-01T00:00:00Z', '2026-12-01T05:30:00+05:30'],
  ])('%s', (_, start, text, expected) => expect(at(start, text)).toBe(expected));
});
