/** What a ledger line says beside its number and its two times. Members that do not apply are left out. */
export interface LedgerEntry {
  readonly kind: 'request' | 'webhook' | 'inbound';
  readonly phone_number_id?: string | undefined;
  readonly waba_id?: string | undefined;
  /** E.164, with the leading plus. */
  readonly to?: string | undefined;
  readonly from?: string | undefined;
  readonly reference?: string | undefined;
  readonly wamid?: string | undefined;
  readonly template?: string | undefined;
  readonly language?: string | undefined;
  readonly code?: number | undefined;
  readonly accepted?: boolean | undefined;
  readonly status?: string | undefined;
  /** HTTP status of the answer; null when there was none. */
  readonly answer?: number | null | undefined;
  readonly [member: string]: string | number | boolean | null | undefined;
}

/** What the ledger holds: an entry with its number and its two times. */
export type LedgerLine = LedgerEntry & { readonly seq: number; readonly at: string; readonly real_at: string };

/** Where what happened is written down. */
export interface LedgerSink {
  write(entry: LedgerEntry): void;
}
