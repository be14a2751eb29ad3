import type { DeliveryState } from '@daybreak/delivery';

/** What decides what may happen to a delivery next: the row, without what is only carried along. */
export interface DeliveryRecord {
  readonly deliveryId: string;
  readonly runId: string;
  readonly recipientId: string;
  readonly shardId: string;
  readonly state: DeliveryState;
  /** The POST that is being made, or was made last; 1 for the first, 0 before it. */
  readonly attempt: number;
  /** How many POSTs Meta refused unseen: they do not count against the limit of attempts. */
  readonly spared: number;
  /** Which claim of this delivery was the last one. Never goes back, also when a claim posted nothing and gives its attempt back. */
  readonly claimNumber: number;
  /** Lease under which it was last claimed. */
  readonly epoch: number;
  /** Epoch ms of the run's clock: when the next attempt is due. */
  readonly dueAtMs: number;
  readonly claimedAtMs: number | null;
  /** While AMBIGUOUS: when the policy decides, if no webhook has. */
  readonly resolveAtMs: number | null;
  /** The last POST that a webhook proved; 0 when none did. */
  readonly observedAttempt: number;
  /** The POST that was accepted; 0 when none was. */
  readonly acceptedAttempt: number;
  readonly wamidHash: string;
  /** Meta's last code; 0 when there was none. */
  readonly errorCode: number;
  readonly reason: string;
}

/** What becomes of a claimed delivery. Instants are epoch ms of the run's clock. */
export type Settlement =
  | { readonly kind: 'accepted'; readonly wamidHash: string; readonly held: boolean }
  /** Refused for now: another attempt. `spared` when Meta refused it unseen. */
  | { readonly kind: 'again'; readonly dueAtMs: number; readonly spared: boolean; readonly errorCode: number }
  /** Provably never left us: as if it had not been claimed. */
  | { readonly kind: 'not-posted'; readonly dueAtMs: number }
  | { readonly kind: 'ambiguous'; readonly resolveAtMs: number; readonly errorCode: number }
  | { readonly kind: 'failed'; readonly reason: string; readonly errorCode: number }
  | { readonly kind: 'expired'; readonly reason: string; readonly errorCode: number }
  | { readonly kind: 'suppressed'; readonly reason: string };

export type AmbiguousPolicy = 'resend' | 'hold';

/** The POSTs of a delivery that Meta looked at. */
export const countedAttempts = (record: Pick<DeliveryRecord, 'attempt' | 'spared'>): number => record.attempt - record.spared;
