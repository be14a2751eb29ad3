import type { SeededRandom } from '@daybreak/kernel';

const FIRST_CEILING_MS = 1_000;
const LAST_CEILING_MS = 20_000; // of a window of 300 s

/**
 * How long to wait before the next attempt: exponential with full jitter, so that deliveries that failed together do
 * not come back together.
 * @param attempt the one that failed, from 1
 */
export function backoffMs(attempt: number, random: Pick<SeededRandom, 'next'>): number {
  const ceilingMs = Math.min(FIRST_CEILING_MS * 2 ** (attempt - 1), LAST_CEILING_MS);
  return random.next() * ceilingMs;
}
