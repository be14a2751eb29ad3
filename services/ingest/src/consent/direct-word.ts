import type { Consent } from '@daybreak/consent';

/** What the direct path has to say of one recipient: their consent, or that they are gone. */
export interface DirectWord {
  readonly recipientId: string;
  readonly version: number;
  readonly consent: Consent | 'erased';
}
