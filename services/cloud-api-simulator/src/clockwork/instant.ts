import { DateTime } from 'luxon';

const EARLIEST_BEFORE_START = { hours: 6 };

/**
 * Epoch ms of an instant as settings write it. A time of day means the one nearest to the start of the simulated morning: from six
 * hours before it to eighteen after.
 */
export function instantMs(text: string, timeZone: string, startMs: number): number {
  if (text.includes('T')) return DateTime.fromISO(text, { setZone: true }).toMillis();
  const earliest = DateTime.fromMillis(startMs, { zone: timeZone }).minus(EARLIEST_BEFORE_START);
  const [hour = 0, minute = 0, second = 0] = text.split(':').map(Number);
  const sameDay = earliest.set({ hour, minute, second, millisecond: 0 });
  return (sameDay < earliest ? sameDay.plus({ days: 1 }) : sameDay).toMillis();
}
