import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Logger } from '@daybreak/observability';
import { Repeating } from './repeating.js';

describe(Repeating.name, () => {
  const warn = jest.fn();
  const logger = { warn } as unknown as Logger;

  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => {
    jest.useRealTimers();
    warn.mockReset();
  });

  it('goes on after a failure, and says so', async () => {
    const error = new Error('the store is away');
    const task = jest.fn(() => Promise.reject(error));
    const sut = new Repeating('test', 100, task, logger);

    sut.start();
    await jest.advanceTimersByTimeAsync(250);
    await sut.stop();

    expect(task).toHaveBeenCalledTimes(3); // at once, after 100 and after 200 ms
    expect(warn).toHaveBeenCalledWith({ err: error, task: 'test' }, expect.any(String));
  });

  it('never works twice at once, and stops only when the work in hand is done', async () => {
    let atWork = 0;
    let most = 0;
    const sut = new Repeating(
      'test',
      10,
      async () => {
        most = Math.max(most, ++atWork);
        await new Promise((resolve) => setTimeout(resolve, 500));
        atWork -= 1;
      },
      logger,
    );

    sut.start();
    await jest.advanceTimersByTimeAsync(700);
    const stopping = sut.stop();
    expect(atWork).toBe(1);
    await jest.advanceTimersByTimeAsync(500);
    await stopping;

    expect([atWork, most]).toEqual([0, 1]);
  });
});
