import { describe, expect, it } from '@jest/globals';
import { PairLimit } from './pair-limit.js';

describe(PairLimit.name, () => {
  const take = (sut: PairLimit, nowMs: number): boolean => sut.take('1', '+919812345678', nowMs);

  it('takes one message every six seconds for ever', () => {
    const sut = new PairLimit();

    expect(Array.from({ length: 100 }, (_, i) => take(sut, i * 6_000)).every(Boolean)).toBe(true);
  });

  it('lends a burst of 45 within six seconds, and wants it back before the next one', () => {
    const sut = new PairLimit();
    const burst = Array.from({ length: 46 }, (_, i) => take(sut, i * 100));

    expect(burst.filter(Boolean)).toHaveLength(45);
    expect(take(sut, 45 * 6_000 - 1)).toBe(false);
    expect(take(sut, 45 * 6_000)).toBe(true);
  });

  it('lends nothing once the six seconds are over', () => {
    const sut = new PairLimit();
    take(sut, 0);
    take(sut, 1_000);

    expect(take(sut, 6_000)).toBe(false);
    expect(take(sut, 12_000)).toBe(true);
  });

  it('keeps pairs apart', () => {
    const sut = new PairLimit(1);
    take(sut, 0);

    expect(take(sut, 1)).toBe(false);
    expect(sut.take('2', '+919812345678', 1)).toBe(true);
    expect(sut.take('1', '+919812345679', 1)).toBe(true);
  });
});
