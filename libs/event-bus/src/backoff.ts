/**
 * Exponential delay with jitter over its upper half: 1st failure about `baseMs`, doubling, never above `maxMs`. Real milliseconds: what is waited for is real.
 * @param failures how many in a row, from 1
 */
export function backoffMs(failures: number, baseMs: number, maxMs: number, random: () => number = Math.random): number {
  const full = Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 30));
  return full / 2 + (random() * full) / 2;
}
