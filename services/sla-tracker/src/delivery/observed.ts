import type { Observation } from './observation.js';

/** An event as it came, kept beside what it was folded into. */
export interface RawEvent {
  readonly eventId: string;
  /** Catalogue name. */
  readonly topic: string;
  readonly payload: Uint8Array;
}

/** One observation and whose it is. */
export interface Observed {
  readonly deliveryId: string;
  readonly runId: string;
  /** Absent for a word of Meta's that is not known yet: it is kept, and changes nothing. */
  readonly observation?: Observation | undefined;
  /** Absent for what is not kept as it came: a plan carries a sealed address and a name. */
  readonly raw?: RawEvent | undefined;
}

const RUN_DATE = /-(\d{4})(\d{2})(\d{2})-[^-]*$/;

/** The local calendar date in a run id, `YYYY-MM-DD`: by it rows find their partition. Undefined when there is none. */
export function runDateOf(runId: string): string | undefined {
  const [, year, month, day] = RUN_DATE.exec(runId) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const iso = `${year}-${month}-${day}`;
  const parsed = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(iso) ? iso : undefined;
}
