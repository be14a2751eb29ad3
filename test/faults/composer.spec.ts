import { describe, expect, it } from '@jest/globals';
import { composedOf } from './composer.js';

describe(composedOf.name, () => {
  it('composes the same morning for the same seed, and another for another', () => {
    const titles = Array.from({ length: 20 }, (_, seed) => composedOf(seed).title);

    expect(titles).toEqual(Array.from({ length: 20 }, (_, seed) => composedOf(seed).title));
    expect(new Set(titles).size).toBeGreaterThan(15);
  });

  it('lets faults overlap, and never has two of them strike the same', () => {
    const mornings = Array.from({ length: 200 }, (_, seed) => composedOf(seed));

    expect(mornings.filter(({ expect: expected }) => expected?.duplicates === 'disclosed').length).toBeGreaterThan(50);
    expect(mornings.filter(({ title }) => (title.match(/Redis/g) ?? []).length > 1)).toEqual([]);
  });

  it('asks for proxies only where links are to be bad', () => {
    const mornings = Array.from({ length: 200 }, (_, seed) => composedOf(seed));

    expect(mornings.some(({ badNetwork }) => badNetwork === true)).toBe(true);
    expect(mornings.filter(({ title, badNetwork }) => (badNetwork === true) !== title.includes('every link'))).toEqual([]);
  });

  it.each([1, 2, 3])('has one to three faults, in their order (seed %d)', (seed) => {
    const instants = [...composedOf(seed).title.matchAll(/T\+(\d+)/g)].map(([, second]) => Number(second));

    expect(instants.length).toBeGreaterThanOrEqual(1);
    expect(instants.length).toBeLessThanOrEqual(3);
    expect(instants).toEqual(instants.toSorted((a, b) => a - b));
  });
});
