import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { ConsentState as State, Purpose, PurposeConsent } from '@daybreak/consent';
import { ConsentChangedSchema, ConsentState, type ConsentChanged } from '@daybreak/contracts';
import type { ConsentChange } from './refold.js';

const STATE: Readonly<Record<State, ConsentState>> = {
  opted_in: ConsentState.OPTED_IN,
  opted_out: ConsentState.OPTED_OUT,
  paused: ConsentState.PAUSED,
};

export function toConsentChanged(change: ConsentChange, tenantId: string, changedAtMs: number): ConsentChanged {
  return create(ConsentChangedSchema, {
    recipientId: change.recipientId,
    tenantId,
    purposes: (Object.entries(change.consent) as [Purpose, PurposeConsent][]).map(([purpose, held]) => ({
      purpose,
      state: STATE[held.state],
      ...(held.pausedUntilMs === undefined ? {} : { pausedUntil: timestampFromMs(held.pausedUntilMs) }),
      since: timestampFromMs(held.sinceMs),
      source: change.sources[purpose] ?? '',
    })),
    version: BigInt(change.version),
    changedAt: timestampFromMs(changedAtMs),
  });
}
