import type { InboundEvent, StatusEvent, UserPreferencesEvent } from '@daybreak/cloud-api';
import { PURPOSES, pauseEndsAt, type Command, type ConsentEvent, type Purpose } from '@daybreak/consent';
import type { ConsentSignal } from './desk-slip.js';

/** Meta's per-person stop of our marketing templates; which the daily pack is, to Meta. */
const OPTED_OUT_AT_META = 131050;

const EVERYTHING: readonly Purpose[] = PURPOSES;
const MESSAGES: readonly Purpose[] = ['content', 'marketing'];

/** What an order covers. A no covers everything, a yes only what it was said to. */
const COVERED_BY: Readonly<Record<ConsentEvent['change'], readonly Purpose[]>> = {
  stop: EVERYTHING,
  start: ['content'],
  pause: EVERYTHING,
  resume: EVERYTHING,
};

const BY_PREFERENCE: Readonly<Record<string, { readonly change: ConsentEvent['change']; readonly purposes: readonly Purpose[] }>> = {
  stop: { change: 'stop', purposes: MESSAGES },
  // Takes back what the switch stopped, and no more: people who never said yes to us may turn it on and off as well.
  resume: { change: 'resume', purposes: MESSAGES },
  signup: { change: 'start', purposes: ['marketing'] },
};

/** @param wamidHash keyed hash of the inbound message, its identity in the ledger */
export function signalOfOrder(inbound: InboundEvent, order: Command, wamidHash: string, nowMs: number, tz: string): ConsentSignal {
  const atMs = inbound.occurredAtMs ?? nowMs;
  const untilMs = order.kind === 'pause' ? pauseEndsAt(order.until, atMs, tz) : undefined;
  return {
    key: `wamid:${wamidHash}`,
    purposes: COVERED_BY[order.kind],
    change: order.kind,
    atMs,
    ...(untilMs === undefined ? {} : { untilMs }),
    source: inbound.buttonPayload === null ? 'command' : 'button',
    evidence: { text: inbound.text, payload: inbound.buttonPayload, wamid: inbound.wamid, from: inbound.fromWaId },
    wamidHash,
    phoneNumberId: inbound.phoneNumberId ?? '',
    confirm: true,
  };
}

/** @param person keyed hash or user id of whom it is about. Undefined for a value that is not known yet. */
export function signalOfPreference(preference: UserPreferencesEvent, person: string, nowMs: number): ConsentSignal | undefined {
  const meaning = BY_PREFERENCE[preference.value ?? ''];
  if (meaning === undefined || person === '') return undefined;
  const atMs = preference.occurredAtMs ?? nowMs;
  return {
    ...meaning,
    key: `preference:${person}:${preference.value}:${atMs}`,
    atMs,
    source: 'user-preferences',
    evidence: { value: preference.value, detail: preference.detail, category: preference.category },
    wamidHash: '',
    phoneNumberId: preference.phoneNumberId ?? '',
    confirm: false,
  };
}

/** A status that says the person has stopped us inside WhatsApp. */
export function signalOfStatus(status: StatusEvent, wamidHash: string, nowMs: number): ConsentSignal | undefined {
  if (!status.errors.some((error) => error.code === OPTED_OUT_AT_META)) return undefined;
  return {
    key: `131050:${wamidHash}`,
    purposes: MESSAGES,
    change: 'stop',
    atMs: status.occurredAtMs ?? nowMs,
    source: 'error-131050',
    evidence: { wamid: status.wamid },
    wamidHash,
    phoneNumberId: status.phoneNumberId ?? '',
    confirm: false,
  };
}
