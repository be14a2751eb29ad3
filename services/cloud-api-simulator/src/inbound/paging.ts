import { GraphError } from '../platform/graph-error.js';
import { textParameter, type GraphCall } from './graph-call.js';

const DEFAULT_LIMIT = 25;

/**
 * One page of a list, with cursors as Graph gives them: `after` and `before` on every page, also the last one, `next` only where
 * more follows. A cursor names the item it stands behind; one whose item is gone, or that we never gave, is 131059.
 */
export function page<T extends { readonly id: string }>(
  call: GraphCall,
  items: readonly T[],
  render: (item: T) => unknown,
  mostPerPage = 1_000,
): Record<string, unknown> {
  const limit = Math.min(Number(textParameter(call, 'limit') ?? DEFAULT_LIMIT) || DEFAULT_LIMIT, mostPerPage);
  const after = textParameter(call, 'after');
  const before = textParameter(call, 'before');
  const start =
    after !== undefined ? positionOf(items, after) + 1 : before !== undefined ? Math.max(0, positionOf(items, before) - limit) : 0;
  const shown = items.slice(start, before === undefined ? start + limit : positionOf(items, before));
  const [first, last] = [shown[0], shown.at(-1)];
  if (first === undefined || last === undefined) return { data: [] };
  const cursors = { before: cursorOf(first), after: cursorOf(last) };
  const link = (name: 'after' | 'before', cursor: string): string => {
    const query = new URLSearchParams(Object.entries(call.request.query as Record<string, string>));
    for (const other of ['after', 'before', 'access_token']) query.delete(other);
    query.set('limit', String(limit));
    query.set(name, cursor);
    const path = call.request.url.split('?')[0] ?? '';
    return `${call.baseUrl}${path}?${query.toString()}`;
  };
  return {
    data: shown.map(render),
    paging: {
      cursors,
      ...(start > 0 ? { previous: link('before', cursors.before) } : {}),
      ...(items.at(-1) === last ? {} : { next: link('after', cursors.after) }),
    },
  };
}

const cursorOf = (item: { readonly id: string }): string => Buffer.from(`c:${item.id}`).toString('base64url');

function positionOf(items: readonly { readonly id: string }[], cursor: string): number {
  const decoded = Buffer.from(cursor, 'base64url').toString('utf8');
  const position = decoded.startsWith('c:') ? items.findIndex((item) => item.id === decoded.slice(2)) : -1;
  if (position < 0) throw new GraphError(131_059, { details: 'The cursor is invalid or has expired. Restart paging without it.' });
  return position;
}
