import { describe, expect, it } from '@jest/globals';
import { backoffMs } from './backoff.js';

describe(backoffMs.name, () => {
  it.each([
    [1, 250],
    [2, 500],
    [4, 2_000],
    [7, 15_000],
    [5_000, 15_000],
  ])('lies between half and all of the full delay after %d failures', (failures, fullMs) => {
    expect(backoffMs(failures, 250, 15_000, () => 0)).toBe(fullMs / 2);
    expect(backoffMs(failures, 250, 15_000, () => 1)).toBe(fullMs);
  });
});
