import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Ticker } from './ticker.js';

describe(Ticker.name, () => {
  beforeEach(() => {
    jest.useFakeTimers();
    jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it('goes on after a failure, and says so', async () => {
    const work = jest.fn(() => Promise.reject(new Error('the store is away')));
    const sut = new Ticker('test', 100, work);

    sut.start();
    await jest.advanceTimersByTimeAsync(350);
    await sut.stop();

    expect(work).toHaveBeenCalledTimes(3);
    expect(Logger.prototype.warn).toHaveBeenCalledWith('the store is away');
  });

  it('never works twice at once, and stops only when the work in hand is done', async () => {
    let atWork = 0;
    let most = 0;
    const sut = new Ticker('test', 10, async () => {
      most = Math.max(most, ++atWork);
      await new Promise((resolve) => setTimeout(resolve, 500));
      atWork -= 1;
    });

    sut.start();
    await jest.advanceTimersByTimeAsync(700);
    const stopping = sut.stop();
    expect(atWork).toBe(1);
    await jest.advanceTimersByTimeAsync(500);
    await stopping;

    expect([atWork, most]).toEqual([0, 1]);
  });
});
