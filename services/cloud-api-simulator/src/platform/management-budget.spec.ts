import { describe, expect, it } from '@jest/globals';
import { manualClock } from '@daybreak/kernel';
import { limits } from '../settings/behaviour-settings.js';
import { ManagementBudget } from './management-budget.js';

describe(ManagementBudget.name, () => {
  const setup = (over: Record<string, unknown> = {}) => {
    const clock = manualClock(0);
    return {
      clock,
      sut: new ManagementBudget(clock, () => limits.parse({ managementPerHour: 10, managementPerHourWithoutNumber: 2, ...over })),
    };
  };

  it('refuses with 80008 when the hour is spent, and regains call by call', () => {
    const { clock, sut } = setup();
    for (let i = 0; i < 10; i += 1) {
      clock.set(i * 60_000);
      sut.spend('app', 'waba', true);
    }

    expect(() => sut.spend('app', 'waba', true)).toThrow('80008');
    clock.set(3_600_000);
    expect(sut.spend('app', 'waba', true)).toHaveProperty('x-business-use-case-usage');
    expect(() => sut.spend('app', 'waba', true)).toThrow('80008');
  });

  it('is small for a WABA without a number, and one for each app and WABA', () => {
    const { sut } = setup();
    sut.spend('app', 'waba', false);
    sut.spend('app', 'waba', false);

    expect(() => sut.spend('app', 'waba', false)).toThrow('80008');
    expect(() => sut.spend('app', 'other', false)).not.toThrow();
    expect(() => sut.spend('other', 'waba', false)).not.toThrow();
  });

  it('tells the usage near the limit only', () => {
    const { sut } = setup();
    const told = Array.from({ length: 10 }, () => Object.keys(sut.spend('app', 'waba', true)).length > 0);

    expect(told).toEqual([false, false, false, false, true, true, true, true, true, true]);
  });

  it('answers the HTTP status it was told to', () => {
    const { sut } = setup({ managementPerHour: 1, throttlingHttpStatus: 429 });
    sut.spend('app', 'waba', true);

    expect(() => sut.spend('app', 'waba', true)).toThrow(expect.objectContaining({ httpStatus: 429 }));
  });
});
