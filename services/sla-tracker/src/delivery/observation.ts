import type { AttemptStatus } from '@daybreak/delivery';

/** What a POST came to, as the sender saw it. */
export type PostOutcome = 'not_sent' | 'ambiguous' | 'rejected' | 'accepted' | 'held';

/** One POST, named by the reference that rides in it. A shard's new owner may repeat an attempt under its own epoch. */
export interface PostId {
  /** 1 for the first POST of a delivery. */
  readonly attempt: number;
  readonly epoch: number;
}

/** What the plan says of a delivery. Instants here and below are epoch ms of the run's clock. */
export interface Planned {
  readonly recipientId: string;
  readonly shardId: string;
  readonly language: string;
  readonly contentPackId: string;
  readonly fallback: boolean;
  readonly dueAt: number;
}

export interface Attempted extends PostId {
  readonly outcome: PostOutcome;
  readonly shardId: string;
  readonly phoneNumberId: string;
  readonly startedAt: number;
  readonly finishedAt?: number | undefined;
  readonly wamidHash?: string | undefined;
  readonly errorCode?: number | undefined;
}

export type SettledOutcome = 'accepted' | 'failed' | 'suppressed' | 'expired';

export interface Settled {
  readonly outcome: SettledOutcome;
  readonly reason?: string | undefined;
  readonly errorCode?: number | undefined;
  readonly acceptedStartedAt?: number | undefined;
  readonly settledAt: number;
}

export interface Moved {
  readonly toShardId: string;
  readonly reason: string;
  readonly movedAt: number;
}

/** What Meta said of one message. */
export interface StatusSeen extends PostId {
  readonly status: Extract<AttemptStatus, 'sent' | 'delivered' | 'read' | 'failed'>;
  /** Meta's stamp. */
  readonly occurredAt: number;
  readonly wamidHash?: string | undefined;
  readonly phoneNumberId?: string | undefined;
  readonly errorCode?: number | undefined;
}

/** What one event says of one delivery. */
export type Observation =
  | ({ readonly kind: 'planned' } & Planned)
  | ({ readonly kind: 'attempted' } & Attempted)
  | ({ readonly kind: 'settled' } & Settled)
  | ({ readonly kind: 'moved' } & Moved)
  | ({ readonly kind: 'status' } & StatusSeen)
  /** Due a while ago, and nobody has told of a POST: it waits for a slot, or something stands still. */
  | { readonly kind: 'overdue'; readonly dueAt: number };
