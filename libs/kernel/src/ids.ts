import { v5, v7 } from 'uuid';

/** Root of all name-based ids of Daybreak. Changing it would make yesterday's deliveries unrecognisable. */
const DAYBREAK_NAMESPACE = '6f0f7a1e-7c2b-5d0c-9a57-3d6f5b1c0e42';

/** The UUID of a name, below Daybreak’s root: the same name gives the same id for ever. */
export const uuidV5 = (name: string): string => v5(name, DAYBREAK_NAMESPACE);

/**
 * `<tenant>-<yyyymmdd>-<window>`, e.g. `main-20261122-0600`. A correction appends to the window: `main-20261122-0600c1`.
 * @param runDate local calendar date of the window, `YYYY-MM-DD`
 * @param window the advertised local time of the run, `HHmm`
 */
export const runIdOf = (tenant: string, runDate: string, window: string): string => `${tenant}-${runDate.replaceAll('-', '')}-${window}`;

/** Our idempotence key: one recipient in one run. The same pair gives the same id for ever. */
export const deliveryIdOf = (runId: string, recipientId: string): string => uuidV5(`${runId}/${recipientId}`);

// Asking the system for 16 random bytes costs ten times what the rest of an id does; events are made in thousands.
const randomness = new Uint8Array(16 * 256);
let used = randomness.length;

function nextRandom16(): Uint8Array {
  if (used === randomness.length) {
    crypto.getRandomValues(randomness);
    used = 0;
  }
  return randomness.subarray(used, (used += 16));
}

/** A new, time-ordered id for an event (UUIDv7). */
export const newEventId = (): string => v7({ random: nextRandom16() });
