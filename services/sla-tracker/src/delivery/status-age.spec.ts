import { describe, expect, it } from '@jest/globals';
import { isTooOld } from './status-age.js';

const DAY_MS = 86_400_000;

describe(isTooOld.name, () => {
  it.each([
    ['a week late', 7 * DAY_MS, false],
    ['eight days late, to the millisecond', 8 * DAY_MS, false],
    ['later still', 8 * DAY_MS + 1, true],
    ['stamped by a clock before ours', -60_000, false],
  ])('%s', (_, lateMs, tooOld) => {
    expect(isTooOld(1_000, 1_000 + lateMs)).toBe(tooOld);
  });
});
