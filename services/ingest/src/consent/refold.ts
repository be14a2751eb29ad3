import { foldConsent, type Consent, type ConsentEvent, type ConsentState, type Purpose } from '@daybreak/consent';
import type { Sql } from '@daybreak/database';
import { canonicalJson } from '@daybreak/kernel';
import { consentStates, ledger, type FoldedConsent } from '../store/consent.repository.js';

/** A recipient's whole consent after it changed. */
export interface ConsentChange extends FoldedConsent {
  /** Grows with every change of this recipient. */
  readonly version: number;
}

/** What holds after folding, of everybody asked for, and of whom it is not what it was. */
export interface Refolded {
  readonly consentOf: ReadonlyMap<string, Consent>;
  readonly changes: readonly ConsentChange[];
}

/** Folds these recipients' ledgers again and keeps the result. Their rows must be locked. */
export async function refold(tx: Sql, recipientIds: readonly string[]): Promise<Refolded> {
  if (recipientIds.length === 0) return { consentOf: new Map(), changes: [] };
  const [held, said] = await Promise.all([consentStates.held(tx, recipientIds), ledger.of(tx, recipientIds)]);
  const folded = [...said].map(([recipientId, events]) => ({
    ...foldOf(recipientId, events),
    version: held.get(recipientId)?.nextVersion ?? 0,
  }));
  const changes = folded.filter(
    ({ recipientId, consent }) => canonicalJson(consent) !== canonicalJson(held.get(recipientId)?.consent ?? {}),
  );
  if (changes.length > 0) await consentStates.put(tx, changes);
  return { consentOf: new Map(folded.map(({ recipientId, consent }) => [recipientId, consent])), changes };
}

const SAYS: Readonly<Record<ConsentEvent['change'], ConsentState>> = {
  start: 'opted_in',
  resume: 'opted_in',
  stop: 'opted_out',
  pause: 'paused',
};

function foldOf(recipientId: string, events: readonly (ConsentEvent & { readonly source: string })[]): FoldedConsent {
  const consent: Consent = foldConsent(events);
  const sources: Partial<Record<Purpose, string>> = {};
  for (const event of events) {
    const held = consent[event.purpose];
    if (held?.sinceMs === event.atMs && held.state === SAYS[event.change]) sources[event.purpose] = event.source;
  }
  return { recipientId, consent, sources };
}
