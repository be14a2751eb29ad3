import type { ConsentEvent, Purpose } from '@daybreak/consent';

/** Whom Meta speaks of: by the keyed hash of their number, by their business-scoped user id, or both. Empty where not given. */
export interface Who {
  readonly addressKey: string;
  readonly userId: string;
}

/** Where a change of consent was said: in WhatsApp, or elsewhere and brought here by a person or a file. */
export type SignalSource = 'command' | 'button' | 'user-preferences' | 'error-131050' | 'operator' | 'import';

/** Somebody said yes, no or not now. */
export interface ConsentSignal {
  /** Root of the ledger's event keys: the same webhook gives the same one. */
  readonly key: string;
  readonly purposes: readonly Purpose[];
  readonly change: ConsentEvent['change'];
  readonly atMs: number;
  readonly untilMs?: number;
  readonly source: SignalSource;
  /** Of the notice that was shown, where one was. */
  readonly noticeVersion?: string;
  /** What proves it, in clear: sealed before it is written. */
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly wamidHash: string;
  readonly phoneNumberId: string;
  /** The person wrote to us and is owed a confirmation. */
  readonly confirm: boolean;
}

/** WhatsApp says that somebody is reached elsewhere from now on. Empty members stay as they were. */
export interface Move {
  readonly toAddressKey: string;
  /** E.164, in clear: sealed for each recipient it turns out to be. */
  readonly toE164: string;
  readonly toUserId: string;
}

/** What this release cannot read. Kept, sealed. */
export interface UnhandledUpdate {
  readonly digest: string;
  readonly field: string;
  readonly wabaId: string;
  readonly sealed: Uint8Array;
}

/** One thing from a webhook that has to be in Postgres before the webhook is acknowledged. */
export type DeskSlip =
  | { readonly kind: 'signal'; readonly who: Who; readonly signal: ConsentSignal }
  | { readonly kind: 'move'; readonly who: Who; readonly move: Move }
  | { readonly kind: 'unhandled'; readonly update: UnhandledUpdate }
  /** Somebody wrote without ordering anything: only asks who it is. Needs no commit. */
  | { readonly kind: 'who'; readonly who: Who };

/** One word for a person, to look up what the desk found. */
export const nameOf = (who: Who): string => `${who.addressKey}|${who.userId}`;
