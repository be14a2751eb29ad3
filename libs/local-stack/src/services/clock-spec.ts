import { parseClockSpec } from '@daybreak/kernel';

/** When and how fast the morning runs. */
export interface ClockStart {
  /** The virtual instant, ISO 8601 with offset. */
  readonly at: string;
  /** Virtual seconds that pass in a real one. */
  readonly speed: number;
  /** Real milliseconds from now at which it is that instant: time for the services to start. Until then the clock shows earlier times. */
  readonly startsInMs?: number;
}

/** `DAYBREAK_CLOCK` for every process of one morning. Made once: a process that is restarted must land at the same virtual time. */
export function clockSpecFrom({ at, speed, startsInMs = 0 }: ClockStart): string {
  const epochMs = Math.round(performance.timeOrigin + performance.now() + startsInMs);
  const spec = `${at}@${speed}x@${epochMs}`;
  parseClockSpec(spec); // throws a RangeError that says which part is wrong
  return spec;
}
