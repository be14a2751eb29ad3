import { addsUp } from '@daybreak/delivery';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { figuresOf } from './figures.js';
import { aGroup, aRun } from '../../test/run.factory.js';
import type { TallyGroup } from './tally.js';

const run = aRun();
const SEALED = run.window.liveSealAt;

const unreachable = aGroup({
  status: 'failed',
  reason: 'unreachable',
  blame: 'recipient',
  errorCode: 131026,
  sent: false,
  sentOnTime: false,
});
const waiting = aGroup({
  outcome: 'unresolved',
  state: 'PLANNED',
  status: undefined,
  sent: false,
  sentOnTime: false,
  startedInWindow: false,
  startedLongAgo: false,
  posted: false,
  posts: 0,
});
const stopped = aGroup({ ...waiting, outcome: 'suppressed', state: 'SUPPRESSED', reason: 'consent', excluded: true });

const anyGroup: fc.Arbitrary<TallyGroup> = fc
  .record({
    group: fc.constantFrom(
      aGroup(),
      unreachable,
      waiting,
      stopped,
      aGroup({ delivered: true, deliveredOnTime: true }),
      aGroup({ ...waiting, outcome: 'expired', state: 'EXPIRED' }),
    ),
    deliveries: fc.nat({ max: 200 }),
  })
  .map(({ group, deliveries }) => ({ ...group, deliveries }));

describe(figuresOf.name, () => {
  it('says the three ratios with their counts, and the verdict of the stage that counts', () => {
    const figures = figuresOf(
      run,
      [aGroup({ deliveries: 831, delivered: true, deliveredOnTime: true }), aGroup({ deliveries: 16 }), { ...unreachable, deliveries: 3 }],
      SEALED,
    );

    expect(figures).toMatchObject({
      denominator: 850,
      onTime: { accepted: 850, sent: 847, delivered: 831 },
      ratio: { accepted: 1, sent: 847 / 850, delivered: 831 / 850 },
      verdict: 'PASS',
      accepted: 850,
      failedAfterAcceptance: 3,
      failuresByCode: { 131026: 3 },
      missesByCause: { ours: 0, platform: 0, recipient: 3, not_eligible: 0 },
    });
    expect(figuresOf(aRun({ slaStage: 'delivered' }), [aGroup({ deliveries: 850 })], SEALED).verdict).toBe('FAIL');
  });

  it('takes out of the denominator who opted out before the POST, and nobody else', () => {
    const figures = figuresOf(run, [aGroup({ deliveries: 840 }), { ...stopped, deliveries: 5 }, { ...unreachable, deliveries: 5 }], SEALED);

    expect(figures.denominator).toBe(845);
    expect(figures.missesByCause).toMatchObject({ not_eligible: 5, recipient: 5 });
  });

  it('counts a sent that failed afterwards as sent: Meta stamped it', () => {
    const figures = figuresOf(run, [aGroup({ status: 'failed', errorCode: 131026, deliveries: 850 })], SEALED);

    expect([figures.sent, figures.onTime.sent, figures.failedAfterAcceptance]).toEqual([850, 850, 850]);
  });

  it('keeps in the denominator whom an earlier answer of Meta kept out of the plan', () => {
    const figures = figuresOf(aRun({ eligible: 860, planned: 850 }), [aGroup({ deliveries: 850 })], SEALED);

    expect([figures.denominator, figures.onTime.sent]).toEqual([860, 850]);
    expect(figures.missesByDetail).toEqual({ 'recipient/user-cap': 10 });
    expect(figures.lost).toBe(0);
  });

  it('calls nothing a miss, and nothing lost, before the deadline', () => {
    const before = figuresOf(run, [{ ...waiting, deliveries: 850 }], run.window.deadlineAt - 1);

    expect(Object.values(before.missesByCause)).toEqual([0, 0, 0, 0]);
    expect(before.lost).toBe(0);
  });

  it('calls lost what was planned and never heard of, also when not even the plan arrived', () => {
    const figures = figuresOf(run, [aGroup({ deliveries: 840 }), { ...waiting, deliveries: 4 }], SEALED);

    expect([figures.unresolved, figures.lost, figures.missesByCause.ours]).toEqual([10, 10, 10]);
  });

  it('has no ratio and no verdict where nobody was eligible', () => {
    expect(figuresOf(aRun({ eligible: 0, planned: 0 }), [], SEALED)).toMatchObject({
      verdict: 'NO_DATA',
      ratio: { accepted: null, sent: null, delivered: null },
    });
  });

  it('adds up, and puts down every miss, whatever came of the deliveries', () => {
    fc.assert(
      fc.property(fc.array(anyGroup, { maxLength: 12 }), fc.nat({ max: 3_000 }), (groups, planned) => {
        const figures = figuresOf(aRun({ planned, eligible: planned }), groups, SEALED);
        const misses = Object.values(figures.missesByCause).reduce((a, b) => a + b, 0);

        expect(addsUp(figures.planned, figures)).toBe(true);
        expect(figures.unresolved).toBeGreaterThanOrEqual(0);
        expect(figures.planned).toBe(figures.onTime.sent + misses);
        expect(figures.denominator).toBe(figures.planned - figures.missesByCause.not_eligible);
        expect(figures.sent).toBeGreaterThanOrEqual(figures.delivered);
        expect(figures.accepted).toBeGreaterThanOrEqual(figures.sent);
      }),
    );
  });
});
