import type { AppError } from '@daybreak/kernel';

/** One event as a handler gets it. Handlers get arrays of them, those of one partition in their order. */
export interface Received<T> {
  /** The record's key. */
  readonly key: string;
  /** `ce_id`: the same when an event comes twice. Topic, partition and offset where the publisher set none. */
  readonly eventId: string;
  /** Undefined for a tombstone: what `key` names is gone. */
  readonly event: T | undefined;
  /** Catalogue name, without the namespace. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** When Kafka took the record, epoch ms of the wall clock (not of `Clock`). */
  readonly timestampMs: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a handler returns for an event that is wrong and will stay wrong. The transport dead-letters it and goes on. */
export interface Rejection<T = unknown> {
  readonly received: Received<T>;
  readonly error: AppError;
}
