import type { SendWindowOptions } from '@daybreak/timing';

/** The variables that a run's instants are made of. */
export interface WindowConfig {
  readonly TIME_ZONE: string;
  readonly FREEZE_AT: string;
  readonly STAGED_BY: string;
  readonly WINDOW_OPENS: string;
  readonly WINDOW_CLOSES: string;
  readonly RETRY_RESERVE_SECONDS: number;
  readonly SLA_DEADLINE: string;
  readonly LIVE_SEAL_AT: string;
  readonly FINAL_SEAL_AFTER_HOURS: number;
}

export const windowOptionsOf = (config: WindowConfig, runDate: string): SendWindowOptions => ({
  runDate,
  tz: config.TIME_ZONE,
  freezeAt: config.FREEZE_AT,
  stagedBy: config.STAGED_BY,
  windowStart: config.WINDOW_OPENS,
  windowEnd: config.WINDOW_CLOSES,
  retryReserveMs: config.RETRY_RESERVE_SECONDS * 1_000,
  slaDeadline: config.SLA_DEADLINE,
  liveSealAt: config.LIVE_SEAL_AT,
  finalSealAfterMs: config.FINAL_SEAL_AFTER_HOURS * 3_600_000,
});
