import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { capsOf } from './caps.js';

const warmUp = { startedOn: '2026-11-20', firstDayCap: 200, factorPerDay: 2, targetCap: 1_500 };
const at = (local: string): number => Date.parse(`${local}+05:30`);
const MORNING_MS = at('2026-11-21T06:00:00');

describe(capsOf.name, () => {
  it.each([
    ['nothing caps a number without a plan', {}, 250, { dailyCap: 0, hourlyCap: 0 }],
    ['its own caps', { hourlyCap: 100, dailyCap: 300 }, -1, { dailyCap: 300, hourlyCap: 100 }],
    ['the day’s cap of its warm-up', { warmUp }, -1, { dailyCap: 400, hourlyCap: 0 }],
    ['the smaller of both', { dailyCap: 300, warmUp }, -1, { dailyCap: 300, hourlyCap: 0 }],
    ['no more than its portfolio may reach', { warmUp }, 250, { dailyCap: 250, hourlyCap: 0 }],
    ['a limit that nobody could read caps nothing', { warmUp }, 0, { dailyCap: 400, hourlyCap: 0 }],
  ])('%s', (_what, plan, messagingLimit, caps) => {
    expect(capsOf(plan, messagingLimit, MORNING_MS)).toMatchObject(caps);
  });

  it.each([
    ['2026-11-19T23:59:59', 0, 'ahead'],
    ['2026-11-20T00:00:00', 200, 'under-way'],
    ['2026-11-20T23:59:59', 200, 'under-way'],
    ['2026-11-21T00:00:00', 400, 'under-way'],
    ['2026-11-22T12:00:00', 800, 'under-way'],
    ['2026-11-23T00:00:00', 0, undefined],
    ['2027-01-01T00:00:00', 0, undefined],
  ])('changes at local midnight: at %s it is %d (%s)', (local, dailyCap, stage) => {
    const caps = capsOf({ warmUp }, -1, at(local));

    expect([caps.dailyCap, caps.warmUp?.stage]).toEqual([dailyCap, stage]);
  });

  it('is under way until the very instant that it names as its end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), fc.double({ min: 1.1, max: 10, noNaN: true }), (hours, factorPerDay) => {
        const plan = { warmUp: { ...warmUp, factorPerDay } };
        const { warmUp: stage } = capsOf(plan, -1, at('2026-11-20T00:00:00') + hours * 3_600_000);

        if (stage?.stage !== 'under-way') return;
        expect(capsOf(plan, -1, stage.endsAtMs - 1).warmUp?.stage).toBe('under-way');
        expect(capsOf(plan, -1, stage.endsAtMs).warmUp).toBeUndefined();
      }),
    );
  });
});
