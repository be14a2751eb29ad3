import { describe, expect, it } from '@jest/globals';
import { composedOf } from './composer.js';

describe(composedOf.name, () => {
  it('composes the same morning for the same seed, and another for another', () => {
    const titles = Array.from({ length: 20 }, (_, seed) => composedOf(seed).title);

    expect(titles).toEqual(Array.from({ length: 20 }, (_, seed) => composedOf(seed).title));
    expect(new Set(titles).size).toBeGreaterThan(15);
  });

  it.each([1, 2, 3])('has one to three faults, in their order (seed %d)', (seed) => {
    const instants = [...composedOf(seed).title.matchAll(/T\+(\d+)/g)].map(([, second]) => Number(second));

    expect(instants.length).toBeGreaterThanOrEqual(1);
    expect(instants.length).toBeLessThanOrEqual(3);
    expect(instants).toEqual(instants.toSorted((a, b) => a - b));
  });
});
