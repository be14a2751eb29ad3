import type { ConsentState } from '@daybreak/consent';

/** One purpose of one recipient, as it was said under a version of their consent. */
export interface ToldConsent {
  readonly recipientId: string;
  readonly purpose: string;
  readonly state: ConsentState;
  readonly pausedUntilMs: number | null;
  readonly sinceMs: number;
  readonly version: number;
}

/** A recipient who is gone, as of a version of their consent. Versions go by ingest's clock, epoch ms. */
export interface Erasure {
  readonly recipientId: string;
  readonly version: number;
}
