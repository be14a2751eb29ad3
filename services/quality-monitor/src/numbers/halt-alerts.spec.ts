import { describe, expect, it } from '@jest/globals';
import { alertOfNumber, alertOfWaba } from './halt-alerts.js';

const active = { mode: 'active', reason: '' } as const;
const halted = { mode: 'halted', reason: 'DISABLED' } as const;

describe('a page about what Meta halted', () => {
  it('is raised when an account is halted, from whatever it was, and resolved when it goes on', () => {
    for (const before of [undefined, active])
      expect(alertOfWaba('2001', before, halted, 0)).toMatchObject([
        { alertName: 'DaybreakAccountHalted', summary: 'The account 2001 is halted: DISABLED', resolved: false },
      ]);
    expect(alertOfWaba('2001', halted, active, 0)).toMatchObject([{ alertName: 'DaybreakAccountHalted', resolved: true }]);
  });

  it('is not repeated, and there is none about what was never halted', () => {
    expect(alertOfWaba('2001', halted, { ...halted, reason: 'still DISABLED' }, 0)).toEqual([]);
    expect(alertOfWaba('2001', undefined, active, 0)).toEqual([]);
  });

  it('names a number that is halted by itself, and is silent about one that is with its account', () => {
    expect(alertOfNumber({ shardId: 'shard-1', wabaRestriction: '' }, active, halted, 0)).toMatchObject([
      { alertName: 'DaybreakNumberHalted', labels: { shard_id: 'shard-1' } },
    ]);
    expect(alertOfNumber({ shardId: 'shard-1', wabaRestriction: 'DISABLED' }, active, halted, 0)).toEqual([]);
  });
});
