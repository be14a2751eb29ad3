import { describe, expect, it } from '@jest/globals';
import { expectationSchema, unexpected, type Audience, type Outcome } from './expectation.js';
import { figuresOf, type Figures } from './figures.js';

const nothing = figuresOf([], { runId: 'main-20261122-0600', freezesAtMs: 0, opensAtMs: 0, closesAtMs: 1, deadlineAtMs: 2, sealedAtMs: 3 });
const figures: Figures = { ...nothing, accepted: 100, onTime: { accepted: 100, sent: 99, delivered: 95 } };
const outcome: Outcome = {
  verdict: 'PASS',
  gate: 'GO',
  missesByDetail: { 'recipient/unreachable': 1 },
  unresolved: 0,
  lost: 0,
  endedWithout: 0,
  story: [],
  alerts: [],
  earlyAlerts: [],
};
const audience: Audience = { mustGet: 100, withoutMessage: 0 };

interface Case {
  readonly expect?: object;
  readonly figures?: Partial<Figures>;
  readonly outcome?: Partial<Outcome>;
  readonly audience?: Partial<Audience>;
}

const judge = (over: Case): string[] =>
  unexpected(
    expectationSchema.parse({ outcome: 'All is well.', ...over.expect }),
    { ...figures, ...over.figures },
    { ...outcome, ...over.outcome },
    { ...audience, ...over.audience },
  );

describe(unexpected.name, () => {
  it('has nothing to say of an ordinary morning, in which a few people cannot be reached', () => {
    expect(judge({ figures: { failedByCode: { 131026: 1 } } })).toEqual([]);
  });

  it.each<[string, Case, string]>([
    [
      'another verdict',
      { expect: { misses: ['ours/not-sent'] }, outcome: { verdict: 'FAIL', missesByDetail: { 'ours/not-sent': 3 } } },
      'verdict FAIL, expected PASS',
    ],
    ['a gate that did not say GO', { outcome: { gate: 'NO_GO' } }, 'gate NO_GO, expected GO'],
    ['a gate that said nothing', { outcome: { gate: undefined } }, 'gate silent, expected GO'],
    [
      'a message that was not accepted',
      { audience: { withoutMessage: 1 }, outcome: { endedWithout: 1 } },
      'accepted 99.0 %, expected 100.0 % to 100.0 %',
    ],
    [
      'too few sent on time',
      { figures: { onTime: { accepted: 100, sent: 96, delivered: 95 } } },
      'sent on time 96.0 %, expected 97.0 % to 100.0 %',
    ],
    ['more than a scenario can lose', { expect: { sentOnTime: [0, 0.5] } }, 'sent on time 99.0 %, expected 0.0 % to 50.0 %'],
    ['a duplicate', { figures: { duplicates: ['1'] } }, '1 deliveries were accepted twice'],
    ['a delivery without an end', { outcome: { unresolved: 2 } }, '2 deliveries have no end'],
    ['a lost delivery', { outcome: { lost: 2 } }, '2 deliveries are lost'],
    ['a refusal that the scenario does not name', { figures: { refusedByCode: { 190: 3 } } }, 'code 190'],
    ['a failed message for a reason that it does not name', { figures: { failedByCode: { 132015: 3 } } }, 'code 132015'],
    ['misses of our own', { outcome: { missesByDetail: { 'ours/window-closed': 3 } } }, 'missed for ours/window-closed: 3'],
    ['an alert about nothing', { outcome: { alerts: ['DaybreakBreakerOpen'] } }, 'alert DaybreakBreakerOpen'],
    ['a standby that nothing went by', { expect: { templates: ['daily_pack_v1/en'] } }, 'nothing sent by daily_pack_v1/en'],
    ['a missing alert', { expect: { alerts: ['DaybreakBreakerOpen'] } }, 'no alert DaybreakBreakerOpen'],
    ['a story that leaves something out', { expect: { story: ['^move: .* from shard-1'] } }, 'nothing told of “^move: .* from shard-1”'],
    ['a story of what must not happen', { expect: { notInStory: ['^move'] }, outcome: { story: ['move: all'] } }, 'told of “^move”'],
  ])('names %s', (_, over, words) => {
    expect(judge(over)).toEqual([words]);
  });

  it('takes it that of few advisors one who cannot be reached is more than the objective allows', () => {
    const few = { figures: { onTime: { accepted: 18, sent: 17, delivered: 17 } }, audience: { mustGet: 18 } };

    expect(judge({ ...few, outcome: { verdict: 'FAIL' } })).toEqual([]);
  });

  it('takes no notice of what was not ready while the inputs were still on their way', () => {
    expect(judge({ outcome: { alerts: ['DaybreakRunNotReady'], earlyAlerts: ['DaybreakRunNotReady'] } })).toEqual([]);
  });

  it('wants every advisor without a message to have ended with a reason, however many may be missed', () => {
    const lossy = { expect: { accepted: [0.5, 1], sentOnTime: [0.5, 1] }, audience: { withoutMessage: 40 } };

    expect(judge({ ...lossy, outcome: { endedWithout: 40 } })).toEqual([]);
    expect(judge({ ...lossy, outcome: { endedWithout: 39 } })).toEqual([
      '40 advisors got no message, but only 39 deliveries ended without one',
    ]);
  });

  it('is content with what the scenario names', () => {
    const named = {
      expect: { verdict: ['FAIL'], codes: [190], misses: ['ours/token'], alerts: ['A'], mayAlert: ['B'], story: ['^breaker: .*token'] },
      figures: { refusedByCode: { 190: 2 } },
      outcome: { verdict: 'FAIL', missesByDetail: { 'ours/token': 20 }, alerts: ['A', 'B'], story: ['breaker: opened: account 1: token'] },
    };

    expect(judge(named)).toEqual([]);
    expect(judge({ ...named, outcome: { ...named.outcome, alerts: ['A'] } })).toEqual([]);
  });
});

describe('an expectation', () => {
  it.each([
    ['a span that ends before it begins', { accepted: [1, 0.5] }],
    ['a member that nobody judges', { blocked: 3 }],
    ['no word of what must come of it', { outcome: '' }],
  ])('may not have %s', (_, over) => {
    expect(expectationSchema.safeParse({ outcome: 'All is well.', ...over }).success).toBe(false);
  });
});
