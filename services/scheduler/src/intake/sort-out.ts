import type { Received, Rejection } from '@daybreak/event-bus';
import { isAppError } from '@daybreak/kernel';

/** An event that is right, as the domain knows it. */
export interface Taken<T, U> {
  readonly received: Received<T>;
  readonly value: U;
}

/** A partition's events, the wrong ones put aside. */
export interface SortedOut<T, U> {
  /** In their order, without those that a later tombstone of their key undoes. */
  readonly taken: readonly Taken<T, U>[];
  /** Keys of tombstones: forget them, then take the rest. */
  readonly gone: readonly string[];
  readonly rejections: readonly Rejection<T>[];
}

/** @param read turns an event into what the domain knows, or throws `invalid` naming every violation */
export async function sortOut<T, U>(received: readonly Received<T>[], read: (event: T) => U | Promise<U>): Promise<SortedOut<T, U>> {
  const lastTombstone = new Map(received.flatMap((one, i) => (one.event === undefined ? [[one.key, i] as const] : [])));
  const outcomes = await Promise.all(
    received.map(async (one, i): Promise<Taken<T, U> | Rejection<T> | undefined> => {
      if (one.event === undefined || i < (lastTombstone.get(one.key) ?? -1)) return undefined;
      try {
        return { received: one, value: await read(one.event) };
      } catch (error) {
        if (!isAppError(error) || error.retry.kind !== 'drop') throw error;
        return { received: one, error };
      }
    }),
  );
  const found = outcomes.filter((outcome) => outcome !== undefined);
  return {
    taken: found.filter((outcome) => 'value' in outcome),
    gone: [...lastTombstone.keys()],
    rejections: found.filter((outcome) => 'error' in outcome),
  };
}
