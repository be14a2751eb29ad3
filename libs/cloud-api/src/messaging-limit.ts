import { numberIn } from './read-json.js';

const TIER = /^TIER_(\d+)(K|M)?$/;
const TIER_UNIT = { '': 1, K: 1_000, M: 1_000_000 } as const;

/**
 * A messaging limit as a number: `TIER_2K`, `2000` and `"2000"` are 2 000; `TIER_UNLIMITED` and -1 are -1.
 * Null when nothing is said, or in words this release cannot read: never guess a capacity.
 */
export function messagingLimitOf(value: unknown): number | null {
  const number = numberIn(value);
  if (number !== null) return number >= 0 ? number : -1;
  if (typeof value !== 'string') return null;
  if (value === 'TIER_UNLIMITED') return -1;
  const [, digits, unit] = TIER.exec(value) ?? [];
  return digits === undefined ? null : Number(digits) * TIER_UNIT[(unit ?? '') as keyof typeof TIER_UNIT];
}
