import { AppError, drop, isAppError } from '@daybreak/kernel';
import type { Received, Rejection } from './received.js';

/** Takes a batch and answers with the events that can never be handled. What it throws says what may happen next. */
export type BatchHandler = (received: readonly Received<unknown>[]) => Promise<readonly Rejection[] | undefined>;

/**
 * Gives a batch to a handler and returns the events that can never be handled: those the handler rejected and, where it threw an error
 * that no repetition cures, the single events found by halving the batch. Any other error is thrown: a store is away, all of it again.
 * Halving runs events again that had gone well before; handlers are idempotent.
 */
export async function dispatch(handler: BatchHandler, received: readonly Received<unknown>[]): Promise<readonly Rejection[]> {
  const rejected: Rejection[] = [];
  const hopeless = await isolate(received, async (part) => void rejected.push(...((await handler(part)) ?? [])));
  return [...rejected, ...hopeless.map(({ item, error }) => ({ received: item, error }))];
}

/**
 * Works on a batch; where that throws an error that no repetition cures, on its halves, down to the single items that it blames, which are
 * returned. Any other error is thrown. Whatever went well before runs again, so `work` must be idempotent.
 */
export async function isolate<T>(
  items: readonly T[],
  work: (part: readonly T[]) => Promise<void>,
): Promise<{ readonly item: T; readonly error: AppError }[]> {
  if (items.length === 0) return [];
  try {
    await work(items);
    return [];
  } catch (error) {
    const hopeless = asHopeless(error);
    if (hopeless === undefined) throw error;
    if (items.length === 1) return items.map((item) => ({ item, error: hopeless }));
    const middle = items.length >> 1;
    const first = await isolate(items.slice(0, middle), work);
    return [...first, ...(await isolate(items.slice(middle), work))];
  }
}

/**
 * SQLSTATEs that blame the data: class 22 (data exception), not-null and check violations, more than an index takes. Foreign and unique keys may
 * be a matter of order.
 */
const HOPELESS_SQLSTATE = /^(?:22\w{3}|23502|23514|54000)$/;

function asHopeless(error: unknown): AppError | undefined {
  if (isAppError(error)) return error.retry.kind === 'drop' ? error : undefined;
  const state = sqlStateOf(error);
  return state !== undefined && HOPELESS_SQLSTATE.test(state)
    ? drop(`the database refuses the event (SQLSTATE ${state})`, error)
    : undefined;
}

/** From pg's own error, or from what Prisma wraps around it. */
function sqlStateOf(error: unknown): string | undefined {
  const { code, meta } = (error ?? {}) as { code?: unknown; meta?: { driverAdapterError?: { cause?: { originalCode?: unknown } } } };
  const state = meta?.driverAdapterError?.cause?.originalCode ?? code;
  return typeof state === 'string' && /^[0-9A-Z]{5}$/.test(state) ? state : undefined;
}
