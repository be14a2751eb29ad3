import { DateTime } from 'luxon';

/** The morning that demos and end-to-end tests run: always the same date, so that a seed gives the same plan on every day. */
export const TENANT = 'main';
export const RUN_DATE = '2026-11-22';
export const RUN_ID = 'main-20261122-0600';
export const TIME_ZONE = 'Asia/Kolkata';

const local = (time: string): DateTime => DateTime.fromISO(`${RUN_DATE}T${time}`, { zone: TIME_ZONE });

export const CLOCK_STARTS_AT = local('05:58:30').toISO() as string;

/** The scheduler's variables of a compressed morning; the window itself is the real one. */
export const RUN_TIMES = {
  FREEZE_AT: '05:58:40',
  STAGED_BY: '05:59:10',
  WINDOW_OPENS: '05:59:30',
  WINDOW_CLOSES: '06:04:30',
  SLA_DEADLINE: '06:05:00',
  LIVE_SEAL_AT: '06:05:45',
} as const;

export type RunTimes = Readonly<Record<keyof typeof RUN_TIMES, string>>;

/** Epoch ms of one of those times. */
export const instantMs = (time: keyof RunTimes, times: RunTimes = RUN_TIMES): number => local(times[time]).toMillis();
