/** Numbers of sixteen digits and more may lie above 2^53. Also matches inside texts, which only costs the slower path. */
const MAYBE_UNSAFE = /[:[,\s]-?\d{16,}/;

type SourceReviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** An integer too large for a double becomes the text it was written as; everything else is what JSON.parse says. */
const keepLargeIntegers: SourceReviver = (_key, value, context) =>
  typeof value === 'number' && !Number.isSafeInteger(value) && context.source !== undefined && /^-?\d+$/.test(context.source)
    ? context.source
    : value;

/**
 * JSON.parse that does not round ids: Meta writes template ids as numbers, and Facebook ids grow past 2^53.
 * Throws a SyntaxError when the text is not JSON.
 */
export function parseJsonLosslessly(text: string): unknown {
  return MAYBE_UNSAFE.test(text) ? JSON.parse(text, keepLargeIntegers as (key: string, value: unknown) => unknown) : JSON.parse(text);
}
