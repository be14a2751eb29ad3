import { describe, expect, it } from '@jest/globals';
import { deliveryIdOf } from '@daybreak/kernel';
import fc from 'fast-check';
import { sendWindowFor } from './send-window.js';
import { dueInstants, parseSpread, spreadOver, type Spread, type SpreadMode } from './spread.js';

const window = sendWindowFor({ runDate: '2026-11-22' });
const RUN = 'main-20261122-0600';
const deliveries = (count: number): string[] => Array.from({ length: count }, (_, i) => deliveryIdOf(RUN, `r-${i}`));

const aMode: fc.Arbitrary<SpreadMode> = fc.oneof(
  fc.constant<SpreadMode>({ kind: 'window' }),
  fc.integer({ min: 1, max: 900_000 }).map((durationMs): SpreadMode => ({ kind: 'duration', durationMs })),
  fc.integer({ min: 0, max: 5_000 }).map((stepMs): SpreadMode => ({ kind: 'stagger', stepMs })),
);
const span = (spread: Spread | undefined): [number, number] => [
  (spread?.startsAt ?? 0) - window.opensAt,
  (spread?.endsAt ?? 0) - window.opensAt,
];

describe(parseSpread.name, () => {
  it.each([
    ['window', { kind: 'window' }],
    ['duration:120s', { kind: 'duration', durationMs: 120_000 }],
    ['duration:500ms', { kind: 'duration', durationMs: 500 }],
    ['stagger', { kind: 'stagger', stepMs: 20 }],
    ['stagger:50ms', { kind: 'stagger', stepMs: 50 }],
  ])('reads %s', (text, mode) => {
    expect(parseSpread(text)).toEqual(mode);
  });

  it.each(['', 'all', 'duration', 'duration:0s', 'stagger:-1ms', 'stagger:1h', 'window:20s'])('refuses "%s"', (text) => {
    expect(() => parseSpread(text)).toThrow(/SPREAD/);
  });
});

describe(spreadOver.name, () => {
  it('keeps the last 60 s of the window free of first attempts', () => {
    expect(span(spreadOver(window))).toEqual([0, 240_000]);
  });

  it('shrinks when the start is late', () => {
    expect(span(spreadOver(window, { kind: 'window' }, window.opensAt + 100_000))).toEqual([100_000, 240_000]);
  });

  it('uses the reserve up, and never more, when the start is very late', () => {
    expect(span(spreadOver(window, { kind: 'window' }, window.opensAt + 299_500))).toEqual([299_500, 300_000]);
  });

  it('is nothing when the window is over', () => {
    expect(spreadOver(window, { kind: 'window' }, window.closesAt)).toBeUndefined();
  });

  it('ends after the target duration, if that is sooner', () => {
    expect(span(spreadOver(window, { kind: 'duration', durationMs: 120_000 }))).toEqual([0, 120_000]);
    expect(span(spreadOver(window, { kind: 'duration', durationMs: 900_000 }))).toEqual([0, 240_000]);
  });
});

describe(dueInstants.name, () => {
  it('puts every instant inside the spread and the window, in every mode and however late', () => {
    fc.assert(
      fc.property(
        aMode,
        fc.integer({ min: -600_000, max: 299_999 }),
        fc.integer({ min: 1, max: 200 }),
        fc.string(),
        (mode, lateMs, count, seed) => {
          const spread = spreadOver(window, mode, window.opensAt + lateMs);

          expect(spread).toBeDefined();
          if (spread === undefined) return;
          for (const dueAt of dueInstants(deliveries(count), spread, seed).values()) {
            expect(Number.isInteger(dueAt)).toBe(true);
            expect(dueAt).toBeGreaterThanOrEqual(spread.startsAt);
            expect(dueAt).toBeLessThan(spread.endsAt);
            expect(window.contains(dueAt)).toBe(true);
          }
        },
      ),
    );
  });

  it('depends on the deliveries and the seed, not on the order in which they are given', () => {
    const spread = spreadOver(window) as Spread;
    const ids = deliveries(50);

    expect(dueInstants(ids.toReversed(), spread, 'a')).toEqual(dueInstants(ids, spread, 'a'));
    expect(dueInstants(ids, spread, 'b')).not.toEqual(dueInstants(ids, spread, 'a'));
  });

  it('never bunches: no second gets more than two deliveries above its fair share', () => {
    const perSecond = new Map<number, number>();
    for (const dueAt of dueInstants(deliveries(24_000 * 0.76), spreadOver(window) as Spread, 's').values()) {
      const second = Math.floor(dueAt / 1_000);
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    }

    expect(Math.max(...perSecond.values())).toBeLessThanOrEqual(76 + 2);
  });

  it('staggers by the fixed step, and by less where it would not fit', () => {
    const steps = (count: number): Set<number> => {
      const instants = [...dueInstants(deliveries(count), spreadOver(window, { kind: 'stagger', stepMs: 20 }) as Spread, 's').values()];
      return new Set(instants.slice(1).map((at, i) => at - (instants[i] ?? 0)));
    };

    expect(steps(850)).toEqual(new Set([20]));
    expect(steps(24_000)).toEqual(new Set([10]));
  });
});
