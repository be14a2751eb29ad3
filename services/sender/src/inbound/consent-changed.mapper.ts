import { timestampMs } from '@bufbuild/protobuf/wkt';
import { PURPOSES, type ConsentState as State } from '@daybreak/consent';
import { ConsentState, type ConsentChanged } from '@daybreak/contracts';
import type { ToldConsent } from '../states/told-consent.js';

const STATE: Readonly<Record<ConsentState, State>> = {
  [ConsentState.UNSPECIFIED]: 'opted_out', // nothing recorded: no
  [ConsentState.OPTED_IN]: 'opted_in',
  [ConsentState.OPTED_OUT]: 'opted_out',
  [ConsentState.PAUSED]: 'paused',
};

/** One row per purpose, also for those that the event does not name: they were never agreed to, which is known now. */
export function toConsentRows(event: ConsentChanged): ToldConsent[] {
  const said = new Map(event.purposes.map((purpose) => [purpose.purpose, purpose]));
  return PURPOSES.map((purpose): ToldConsent => {
    const held = said.get(purpose);
    return {
      recipientId: event.recipientId,
      purpose,
      state: STATE[held?.state ?? ConsentState.UNSPECIFIED] ?? 'opted_out',
      pausedUntilMs: held?.pausedUntil ? timestampMs(held.pausedUntil) : null,
      sinceMs: held?.since ? timestampMs(held.since) : event.changedAt ? timestampMs(event.changedAt) : 0,
      version: Number(event.version),
    };
  });
}
