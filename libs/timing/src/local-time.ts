import { invalid } from '@daybreak/kernel';
import { DateTime } from 'luxon';
import { DEFAULT_TIME_ZONE, sendWindowFor, type SendWindowOptions } from './send-window.js';

const inZone = (instantMs: number, tz: string): DateTime => DateTime.fromMillis(Math.floor(instantMs), { zone: tz });

/** Local calendar date, `YYYY-MM-DD`. */
export const localDateOf = (instantMs: number, tz: string = DEFAULT_TIME_ZONE): string => inZone(instantMs, tz).toFormat('yyyy-MM-dd');

/** Local time of day for people, `HH:mm:ss`. */
export const localTimeOf = (instantMs: number, tz: string = DEFAULT_TIME_ZONE): string => inZone(instantMs, tz).toFormat('HH:mm:ss');

/** Epoch ms of a local date's first instant. Throws `invalid` when it is not a date. */
export function startOfLocalDay(localDate: string, tz: string = DEFAULT_TIME_ZONE): number {
  const day = DateTime.fromISO(localDate, { zone: tz });
  if (!day.isValid) throw invalid({ field: 'localDate', reason: 'not a date YYYY-MM-DD' });
  return day.startOf('day').toMillis();
}

/** The local date `days` later (or earlier), `YYYY-MM-DD`. */
export const plusLocalDays = (localDate: string, days: number): string =>
  DateTime.fromISO(localDate, { zone: 'utc' }).plus({ days }).toFormat('yyyy-MM-dd');

/** The date of the run whose window is open or comes next. */
export function nextRunDate(nowMs: number, options: Omit<SendWindowOptions, 'runDate'> = {}): string {
  const today = localDateOf(nowMs, options.tz);
  return nowMs < sendWindowFor({ ...options, runDate: today }).closesAt ? today : plusLocalDays(today, 1);
}
