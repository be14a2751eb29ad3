/**
 * The word of a value of a generated enum, in lower case: `ShardMode.WARMING` is `warming`. Undefined for `UNSPECIFIED`, and for a value
 * that a newer release introduced: whoever reads it says what that means.
 */
export function enumWord<E extends Readonly<Record<string, string | number>>>(
  names: E,
  value: number,
): Lowercase<Exclude<keyof E & string, 'UNSPECIFIED'>> | undefined {
  const name = names[value];
  if (typeof name !== 'string' || name === 'UNSPECIFIED') return undefined;
  return name.toLowerCase() as Lowercase<Exclude<keyof E & string, 'UNSPECIFIED'>>;
}
