import { describe, expect, it } from '@jest/globals';
import { manualClock } from '@daybreak/kernel';
import { LocalManagementBudget } from './management-budget.js';

const HOUR_MS = 3_600_000;

function setup(callsPerHour = 3) {
  const clock = manualClock(0);
  return { clock, sut: new LocalManagementBudget(clock, callsPerHour) };
}

describe(LocalManagementBudget.name, () => {
  it('grants as many calls as an hour has, then says when the oldest one leaves it', async () => {
    const { sut, clock } = setup();
    for (let i = 0; i < 3; i += 1) {
      expect(await sut.take('w1')).toEqual({ granted: true });
      clock.advance(1_000);
    }

    expect(await sut.take('w1')).toEqual({ granted: false, retryAfterMs: HOUR_MS - 3_000 });
    clock.advance(HOUR_MS - 3_000);
    expect(await sut.take('w1')).toEqual({ granted: true });
  });

  it('counts every WABA for itself', async () => {
    const { sut } = setup(1);
    await sut.take('w1');

    expect(await sut.take('w2')).toEqual({ granted: true });
  });

  it('believes Meta, whose count is the one that matters', async () => {
    const { sut, clock } = setup();
    await sut.observe({ accountId: 'w1', type: 'whatsapp', callCount: 100, totalTime: 0, totalCpuTime: 0, regainAccessInMs: 120_000 });

    expect(await sut.take('w1')).toEqual({ granted: false, retryAfterMs: 120_000 });
    clock.advance(120_000);
    expect(await sut.take('w1')).toEqual({ granted: true });
  });

  it.each(['messaging', 'whatsapp_business_messaging'])('takes no notice of what Meta counts of sends: %s', async (type) => {
    const { sut } = setup();

    await sut.observe({ accountId: 'w1', type, callCount: 100, totalTime: 0, totalCpuTime: 0, regainAccessInMs: 120_000 });

    expect(await sut.take('w1')).toEqual({ granted: true });
  });
});
