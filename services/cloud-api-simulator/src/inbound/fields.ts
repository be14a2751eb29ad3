import { GraphError } from '../platform/graph-error.js';

/** Top-level names of a `fields` parameter; sub-selections in braces or parentheses are accepted and not applied. */
export function fieldNames(fields: string | undefined): string[] | undefined {
  if (fields === undefined || fields.trim() === '') return undefined;
  let depth = 0;
  const flat = [...fields].filter((c) => {
    if (c === '{' || c === '(') depth += 1;
    const keep = depth === 0;
    if (c === '}' || c === ')') depth -= 1;
    return keep;
  });
  return flat
    .join('')
    .split(',')
    .map((name) => name.trim().replace(/\..*$/, ''))
    .filter((name) => name !== '');
}

/**
 * The members of a node that were asked for, `id` always among them.
 * @param available every field the node has, each read when it is asked for; undefined values are left out, as Graph does
 * @param byDefault fields of an answer when none are named
 */
export function selectFields(
  available: Readonly<Record<string, () => unknown>>,
  fields: string | undefined,
  byDefault: readonly string[],
): Record<string, unknown> {
  const names = fieldNames(fields) ?? byDefault;
  const unknown = names.find((name) => !(name in available));
  if (unknown !== undefined)
    throw new GraphError(100, { message: `(#100) Tried accessing nonexisting field (${unknown.slice(0, 64)})`, type: 'OAuthException' });
  const entries = [...new Set([...names, 'id'])].map((name) => [name, available[name]?.()] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
