import { AppError } from '@daybreak/kernel';
import { isCloudApiError } from '../errors/cloud-api.error.js';
import type { GraphCall, GraphCalls } from './graph-calls.js';
import type { Paging } from './wire.js';

interface Page<T> {
  readonly data?: readonly T[];
  readonly paging?: Paging;
}

const CURSOR_IS_STALE = 131059;
const MAX_STARTS = 3;

/**
 * Every item of a listing, or an error: never a part of it, so that a caller cannot mistake half a listing for the whole.
 * Follows `paging.next` (cursors are there on the last page too) and begins again when Meta drops the cursor (131059).
 */
export async function allPages<T>(graph: GraphCalls, first: GraphCall): Promise<readonly T[]> {
  for (let start = 1; ; start += 1) {
    try {
      return await oneListing<T>(graph, first);
    } catch (error) {
      if (!isCloudApiError(error) || error.code !== CURSOR_IS_STALE || start === MAX_STARTS) throw error;
    }
  }
}

async function oneListing<T>(graph: GraphCalls, first: GraphCall): Promise<readonly T[]> {
  const items: T[] = [];
  const followed = new Set<string>();
  let call = first;
  for (;;) {
    const { data, paging } = await graph.call<Page<T>>(call);
    items.push(...(data ?? []));
    const next = paging?.next;
    if (next === undefined) return items;
    if (followed.has(next)) throw new AppError('The listing goes round in circles.', { kind: 'backoff' });
    followed.add(next);
    call = nextCall(first, next);
  }
}

const OURS = new Set(['access_token', 'appsecret_proof']);

/** Meta's link to the next page holds the token and Meta's own host; what counts is its query. */
function nextCall(first: GraphCall, next: string): GraphCall {
  const query = new URLSearchParams(next.slice(next.indexOf('?') + 1));
  return { ...first, query: Object.fromEntries([...query].filter(([name]) => !OURS.has(name))) };
}
