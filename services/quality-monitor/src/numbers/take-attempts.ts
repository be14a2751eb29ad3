import { errorMeaning, type ErrorScope } from '@daybreak/cloud-api';
import { Inbox, type Database } from '@daybreak/database';
import type { NumberMinute, NumberRepository } from '../store/number.repository.js';
import type { PublishStates } from './publish-states.js';

/** One POST that reached the platform. */
export interface SendAttempt {
  readonly eventId: string;
  readonly phoneNumberId: string;
  readonly startedAtMs: number;
  /** Meta's code when it refused; 0 otherwise. */
  readonly errorCode: number;
}

const MINUTE_MS = 60_000;

/** Scopes of an error that say something of the number; the others speak of one recipient, one template or our request. */
const OF_THE_NUMBER: ReadonlySet<ErrorScope> = new Set(['shard', 'account']);

/** Was a send refused for a reason that lies with the number? Too many a second is the throttle's business, and passes. */
export function isRefusalOfNumber(errorCode: number): boolean {
  if (errorCode === 0) return false;
  const { scope, fault } = errorMeaning(errorCode, null, 'sync');
  return OF_THE_NUMBER.has(scope) && fault !== 'throughput';
}

/** Attempts by number and minute. */
export function countByMinute(attempts: readonly SendAttempt[]): NumberMinute[] {
  const minutes = new Map<string, NumberMinute>();
  for (const { phoneNumberId, startedAtMs, errorCode } of attempts) {
    const minuteMs = Math.floor(startedAtMs / MINUTE_MS) * MINUTE_MS;
    const key = `${phoneNumberId}/${minuteMs}`;
    const held = minutes.get(key) ?? { phoneNumberId, minuteMs, attempts: 0, refused: 0 };
    minutes.set(key, { ...held, attempts: held.attempts + 1, refused: held.refused + (isRefusalOfNumber(errorCode) ? 1 : 0) });
  }
  return [...minutes.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, minute]) => minute);
}

/** Counts how the numbers' sends go; each attempt once, however often it is read. */
export class TakeAttempts {
  constructor(
    private readonly database: Database,
    private readonly numbers: NumberRepository,
    private readonly states: PublishStates,
  ) {}

  async all(attempts: readonly SendAttempt[]): Promise<void> {
    const counted = await this.database.transaction(async (tx) => {
      const fresh = await Inbox.fresh(tx, 'delivery-attempted', attempts.map((attempt) => attempt.eventId)); // prettier-ignore
      const minutes = countByMinute(attempts.filter((attempt) => fresh.has(attempt.eventId)));
      await this.numbers.count(tx, minutes);
      return minutes;
    });
    if (counted.some((minute) => minute.refused > 0)) await this.states.changed();
  }
}
