import { describe, expect, it } from '@jest/globals';
import { Backlog } from './backlog.js';

describe(Backlog.name, () => {
  it('gives back everything once, in order, however it is taken', () => {
    const sut = new Backlog<number>();
    const taken: number[] = [];
    for (let i = 0; i < 10_000; i += 1) {
      sut.push(i);
      if (i % 3 === 0) taken.push(...sut.take(2));
    }
    expect(sut.size).toBe(10_000 - taken.length);

    while (sut.size > 0) taken.push(...sut.take(100));

    expect(taken).toEqual(Array.from({ length: 10_000 }, (_, i) => i));
    expect(sut.take(5)).toEqual([]);
  });
});
