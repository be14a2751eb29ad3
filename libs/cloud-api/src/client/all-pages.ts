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
const MAX_PAGES = 1_000; // 6 000 templates, the most an account may have, are 240 pages of 25

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
  let call: GraphCall | undefined = first;
  for (let page = 0; call !== undefined; page += 1) {
    if (page === MAX_PAGES) throw new AppError(`The listing did not end within ${MAX_PAGES} pages.`, { kind: 'backoff' });
    const answer: Page<T> = await graph.call<Page<T>>(call);
    items.push(...(answer.data ?? []));
    call = answer.paging?.next === undefined ? undefined : nextCall(first, answer.paging.next);
  }
  return items;
}

const OURS = new Set(['access_token', 'appsecret_proof']);

/** Meta's link to the next page holds the token and Meta's own host; what counts is its query. */
function nextCall(first: GraphCall, next: string): GraphCall | undefined {
  if (!URL.canParse(next, 'https://graph.facebook.com')) return undefined;
  const { searchParams } = new URL(next, 'https://graph.facebook.com');
  const query = Object.fromEntries([...searchParams].filter(([name]) => !OURS.has(name)));
  return { ...first, query };
}
