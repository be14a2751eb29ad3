import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Paced } from './paced.js';

describe(Paced.name, () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('shares one computation among all who ask meanwhile, key by key', async () => {
    const sut = new Paced<string>(1_000);
    const compute = jest.fn(async () => 'counted');

    await Promise.all([sut.get('a', compute), sut.get('a', compute), sut.get('b', compute)]);

    expect(compute).toHaveBeenCalledTimes(2);
  });

  it('computes anew when the value has become old', async () => {
    const sut = new Paced<number>(0);
    let count = 0;
    const compute = async (): Promise<number> => ++count;

    await sut.get('a', compute);
    jest.advanceTimersByTime(1);

    expect(await sut.get('a', compute)).toBe(2);
  });

  it('keeps longer what took long', async () => {
    const sut = new Paced<number>(0);
    let count = 0;
    const slow = async (): Promise<number> => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return ++count;
    };

    const first = sut.get('a', slow);
    await jest.advanceTimersByTimeAsync(50);
    await first;

    jest.advanceTimersByTime(449);
    expect(await sut.get('a', slow)).toBe(1);
    jest.advanceTimersByTime(1);
    const second = sut.get('a', slow);
    await jest.advanceTimersByTimeAsync(50);
    expect(await second).toBe(2);
  });

  it('does not keep a failure', async () => {
    const sut = new Paced<number>(1_000);

    await expect(sut.get('a', () => Promise.reject(new Error('the store is away')))).rejects.toThrow('away');

    expect(await sut.get('a', async () => 1)).toBe(1);
  });
});
