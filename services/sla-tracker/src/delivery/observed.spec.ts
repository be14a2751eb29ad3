import { describe, expect, it } from '@jest/globals';
import { runDateOf } from './observed.js';

describe(runDateOf.name, () => {
  it.each([
    ['main-20261122-0600', '2026-11-22'],
    ['main-20261122-0600c1', '2026-11-22'],
    ['north-west-20261122-0600', '2026-11-22'],
    ['main-20261322-0600', undefined],
    ['main-20260230-0600', undefined],
    ['main-0600', undefined],
    ['', undefined],
  ])('%s is of %s', (runId, date) => {
    expect(runDateOf(runId)).toBe(date);
  });
});
