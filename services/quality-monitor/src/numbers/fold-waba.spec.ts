import { describe, expect, it } from '@jest/globals';
import { foldWaba, restrictionIn } from './fold-waba.js';

describe(restrictionIn.name, () => {
  it.each([
    ['a ban', 'DISABLED_UPDATE', ['DISABLE'], { words: 'DISABLED' }],
    ['a ban that is only scheduled', 'DISABLED_UPDATE', ['SCHEDULE_FOR_DISABLE'], undefined],
    ['a reinstatement', 'DISABLED_UPDATE', ['REINSTATE'], 'lifted'],
    [
      'a restriction of business-initiated messages',
      'ACCOUNT_RESTRICTION',
      ['RESTRICTED_BIZ_INITIATED_MESSAGING'],
      { words: 'RESTRICTED_BIZ_INITIATED_MESSAGING' },
    ],
    ['a restriction on adding numbers', 'ACCOUNT_RESTRICTION', ['RESTRICTED_ADD_PHONE_NUMBER_ACTION'], undefined],
    ['an event that is about money', 'VOLUME_BASED_PRICING_TIER_UPDATE', [], undefined],
  ])('reads %s', (_what, event, details, restriction) => {
    expect(restrictionIn(event, details)).toEqual(restriction);
  });
});

describe(foldWaba.name, () => {
  it('halts a restricted WABA and says why', () => {
    expect(foldWaba({ restriction: 'DISABLED', messagingLimit: 2_000 })).toEqual({
      mode: 'halted',
      reason: 'DISABLED',
      messagingLimit: 2_000,
    });
    expect(foldWaba({ restriction: '', messagingLimit: -1 })).toEqual({ mode: 'active', reason: '', messagingLimit: -1 });
  });
});
