import { describe, expect, it } from '@jest/globals';
import { aPlanPack, aPlanRecipient, aPlanTemplate, at } from '../../test/plan.factory.js';
import { packShelf } from './choose-pack.js';
import { decide, parametersOf, type DecisionRules } from './decide.js';
import type { PlanRecipient } from './plan-inputs.js';

const active = aPlanTemplate();
const standby = aPlanTemplate({ templateVersion: 'v2', name: 'daily_pack_v2', role: 'standby' });

const setup = (over: Partial<DecisionRules> = {}): DecisionRules => ({
  shelf: packShelf([aPlanPack()]),
  templates: [active, standby],
  familyOf: { direct: 'daily_pack', nudge: 'daily_nudge' },
  opensAt: at('05:59:30'),
  firstAttemptsEndAt: at('06:03:30'),
  ...over,
});

describe(decide.name, () => {
  it('plans whoever may receive, with pack, active template, standby and the values that both need', () => {
    expect(decide(aPlanRecipient(), setup())).toEqual({
      kind: 'planned',
      pack: aPlanPack(),
      template: active,
      standby,
      addressKey: 'key-1',
      parameters: { name: 'Asha', headline: 'Markets' },
      notBeforeMs: undefined,
    });
  });

  describe('whom Meta wants left alone with marketing for a day', () => {
    const marketing = setup({ templates: [aPlanTemplate({ category: 'MARKETING' })] });
    const cappedUntil = (time: string): PlanRecipient => aPlanRecipient({ cappedUntilMs: at(time) });

    it('plans them for when the day is over, as long as the window has room for it', () => {
      expect(decide(cappedUntil('06:01:30'), marketing)).toMatchObject({ kind: 'planned', notBeforeMs: at('06:01:30') });
    });

    it('leaves them out when the day ends too late', () => {
      expect(decide(cappedUntil('06:03:30'), marketing)).toEqual({ kind: 'excluded', reason: 'user-cap' });
    });

    it('plans them like everybody else where the template is no marketing', () => {
      expect(decide(cappedUntil('23:00:00'), setup())).toMatchObject({ kind: 'planned', notBeforeMs: undefined });
    });
  });

  it.each<[string, Partial<PlanRecipient>, string]>([
    ['never asked', { consent: {} }, 'no-consent'],
    ['said yes to something else', { consent: { marketing: { state: 'opted_in', sinceMs: 0 } } }, 'no-consent'],
    ['said no', { consent: { content: { state: 'opted_out', sinceMs: 0 } } }, 'opted-out'],
    ['paused until resumed', { consent: { content: { state: 'paused', sinceMs: 0 } } }, 'paused'],
    ['paused beyond the opening', { consent: { content: { state: 'paused', sinceMs: 0, pausedUntilMs: at('05:59:31') } } }, 'paused'],
    ['has no phone', { addressKey: undefined }, 'no-address'],
    ['reads a language without pack', { language: 'hi' }, 'no-pack'],
    ['wants a nudge where there is no such family', { deliveryMode: 'nudge' }, 'mode-not-supported'],
    ['lacks a name', { bodyParameters: {} }, 'missing-parameter'],
  ])('leaves out who %s', (_, over, reason) => {
    expect(decide(aPlanRecipient(over), setup())).toEqual({ kind: 'excluded', reason });
  });

  it('plans who paused until the opening at the latest', () => {
    const consent = { content: { state: 'paused', sinceMs: 0, pausedUntilMs: at('05:59:30') } } as const;

    expect(decide(aPlanRecipient({ consent }), setup()).kind).toBe('planned');
  });

  it('leaves out a language whose template is not active, even with a standby', () => {
    expect(decide(aPlanRecipient(), setup({ templates: [standby] }))).toEqual({ kind: 'excluded', reason: 'no-template' });
  });

  it('plans a nudge with the nudge family', () => {
    const nudge = aPlanTemplate({ family: 'daily_nudge', bodyParameterNames: ['name'], hasImageHeader: false });

    const decision = decide(aPlanRecipient({ deliveryMode: 'nudge' }), setup({ templates: [active, nudge] }));

    expect(decision).toMatchObject({ kind: 'planned', template: nudge, standby: undefined, parameters: { name: 'Asha' } });
  });

  it('names no standby whose values are missing', () => {
    const demanding = { ...standby, bodyParameterNames: ['name', 'branch'] };

    expect(decide(aPlanRecipient(), setup({ templates: [active, demanding] }))).toMatchObject({ kind: 'planned', standby: undefined });
  });
});

describe(parametersOf.name, () => {
  it('lets the recipient’s own value win, and passes on nothing that no template names', () => {
    const own = { name: 'Asha', headline: 'For you', secret: 'stays here' };

    expect(parametersOf([active, undefined], aPlanPack(), own)).toEqual({ name: 'Asha', headline: 'For you' });
  });
});
