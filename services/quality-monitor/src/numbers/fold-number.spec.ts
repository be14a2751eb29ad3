import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { maySend } from '@daybreak/shards';
import type { CapPlan } from '../registry/registry.js';
import { foldNumber, throughputOf, type NumberFacts } from './fold-number.js';

const healthy: NumberFacts = {
  role: 'primary',
  status: 'CONNECTED',
  qualityRating: 'GREEN',
  throughputMps: 80,
  canSendMessage: 'AVAILABLE',
  cooldownUntilMs: null,
  wabaRestriction: '',
  recent: { attempts: 0, refused: 0, lastRefusedMinuteMs: null },
  capPlan: {},
  messagingLimit: 10_000,
};

describe(foldNumber.name, () => {
  it.each<[string, Partial<NumberFacts>, string, number]>([
    ['a healthy number', {}, 'active', 80],
    ['an upgraded number', { throughputMps: 1_000 }, 'active', 1_000],
    ['a number without a rating yet', { qualityRating: 'UNKNOWN' }, 'active', 80],
    ['a number of which the platform says no throughput', { throughputMps: null }, 'active', 80],
    ['a spare', { role: 'standby' }, 'standby', 80],
    ['a yellow number', { qualityRating: 'YELLOW' }, 'throttled', 40],
    ['a number that was red', { qualityRating: 'GREEN', cooldownUntilMs: 2_000 }, 'cooldown', 20],
    ['a number whose cooldown is over', { cooldownUntilMs: 1_000 }, 'active', 80],
    ['a number of which a fifth was refused', { recent: { attempts: 100, refused: 20, lastRefusedMinuteMs: 0 } }, 'throttled', 40],
    ['a number of which less was refused', { recent: { attempts: 100, refused: 19, lastRefusedMinuteMs: 0 } }, 'active', 80],
    ['a number of which too few were sent to tell', { recent: { attempts: 19, refused: 19, lastRefusedMinuteMs: 0 } }, 'active', 80],
    ['a number that nobody could read', { status: null }, 'paused', 0],
    ['a banned number', { status: 'BANNED' }, 'halted', 0],
    ['a blocked number', { canSendMessage: 'BLOCKED' }, 'halted', 0],
    ['a number of a restricted WABA', { wabaRestriction: 'RESTRICTED_BIZ_INITIATED_MESSAGING' }, 'halted', 0],
  ])('makes %s %s', (_what, facts, mode, allowedRate) => {
    expect(foldNumber({ ...healthy, ...facts }, 1_000)).toMatchObject({ mode, allowedRate });
  });

  it('never lets a number send that the platform does not call CONNECTED', () => {
    const anyFacts = fc.record({
      role: fc.constantFrom('primary' as const, 'standby' as const),
      status: fc.option(fc.constantFrom('BANNED', 'PENDING', 'RESTRICTED', 'FLAGGED', 'DISCONNECTED')),
      qualityRating: fc.option(fc.constantFrom('GREEN', 'YELLOW', 'RED')),
      throughputMps: fc.option(fc.constantFrom(20, 80, 1_000)),
      canSendMessage: fc.option(fc.constantFrom('AVAILABLE', 'LIMITED', 'BLOCKED')),
      cooldownUntilMs: fc.option(fc.integer({ min: 0, max: 10_000 })),
      wabaRestriction: fc.constantFrom('', 'ACCOUNT_RESTRICTION'),
      recent: fc.constant(healthy.recent),
      capPlan: fc.constantFrom<CapPlan>({}, { warmUp: { startedOn: '1970-01-01', firstDayCap: 50, factorPerDay: 2, targetCap: 400 } }),
      messagingLimit: fc.constant(10_000),
    });
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const state = foldNumber(facts, 5_000);
        expect(maySend(state.mode)).toBe(false);
        expect(state.reason).not.toBe('');
      }),
    );
  });

  describe('of a number that warms up', () => {
    const capPlan = { warmUp: { startedOn: '2026-11-20', firstDayCap: 50, factorPerDay: 2, targetCap: 400 }, hourlyCap: 90 };
    const warmsUp = { ...healthy, capPlan };
    const on = (date: string): number => Date.parse(`${date}T05:45:00+05:30`);

    it('is warming at its full rate, with the day’s cap, until its cap has reached the target', () => {
      expect(foldNumber(warmsUp, on('2026-11-21'))).toEqual({
        mode: 'warming',
        allowedRate: 80,
        dailyCap: 100,
        hourlyCap: 90,
        untilMs: Date.parse('2026-11-23T00:00:00+05:30'),
        reason: 'day 2 of its warm-up',
      });
      expect(foldNumber(warmsUp, on('2026-11-23'))).toMatchObject({ mode: 'active', dailyCap: 0, hourlyCap: 90, untilMs: null });
    });

    it('sends nothing before its first day', () => {
      expect(foldNumber(warmsUp, on('2026-11-19'))).toMatchObject({
        mode: 'paused',
        allowedRate: 0,
        untilMs: Date.parse('2026-11-20T00:00:00+05:30'),
        reason: 'its warm-up starts on 2026-11-20',
      });
    });

    it.each<[string, Partial<NumberFacts>, string]>([
      ['a spare', { role: 'standby' }, 'standby'],
      ['a yellow number', { qualityRating: 'YELLOW' }, 'throttled'],
      ['a number in cooldown', { cooldownUntilMs: on('2026-11-22') }, 'cooldown'],
    ])('keeps the day’s cap of %s', (_what, facts, mode) => {
      expect(foldNumber({ ...warmsUp, ...facts }, on('2026-11-20'))).toMatchObject({ mode, dailyCap: 50, hourlyCap: 90 });
    });
  });

  it('says until when a number is held back for what was refused', () => {
    const recent = { attempts: 40, refused: 40, lastRefusedMinuteMs: 120_000 };

    expect(foldNumber({ ...healthy, recent }, 130_000).untilMs).toBe(120_000 + 60_000 + 300_000);
  });

  it('never allows more than the platform does', () => {
    fc.assert(
      fc.property(fc.constantFrom('GREEN', 'YELLOW', 'RED', 'UNKNOWN'), fc.constantFrom(20, 80, 1_000), (qualityRating, throughputMps) => {
        expect(foldNumber({ ...healthy, qualityRating, throughputMps }, 0).allowedRate).toBeLessThanOrEqual(throughputMps);
      }),
    );
  });
});

describe(throughputOf.name, () => {
  it('does not guess at a word it does not know', () => {
    expect([throughputOf('STANDARD'), throughputOf('HIGH'), throughputOf('NOT_APPLICABLE'), throughputOf(undefined)]).toEqual([
      80,
      1_000,
      null,
      null,
    ]);
  });
});
