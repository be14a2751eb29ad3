import type { Received, Rejection } from '@daybreak/event-bus';
import { isAppError } from '@daybreak/kernel';

export interface Mapped<T> {
  readonly mapped: T[];
  readonly rejections: Rejection[];
}

/** Maps every event; one that is wrong is rejected by itself. Tombstones carry nothing to map. */
export function mapEach<E, T>(received: readonly Received<E>[], map: (arrived: { eventId: string; event: E }) => T): Mapped<T> {
  const mapped: T[] = [];
  const rejections: Rejection[] = [];
  for (const one of received) {
    if (one.event === undefined) continue;
    try {
      mapped.push(map({ eventId: one.eventId, event: one.event }));
    } catch (error) {
      if (!isAppError(error)) throw error;
      rejections.push({ received: one, error });
    }
  }
  return { mapped, rejections };
}
