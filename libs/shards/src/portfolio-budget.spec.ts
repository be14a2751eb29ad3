import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { portfolioBudget } from './portfolio-budget.js';

const nobody = (): boolean => false;

describe(portfolioBudget.name, () => {
  it('is used up by new recipients', () => {
    const budget = portfolioBudget(250, 248, nobody);

    expect(['r-1', 'r-2', 'r-3'].map((id) => budget.spend(id))).toEqual([true, true, false]);
    expect(budget.left).toBe(0);
  });

  it('costs nothing for whoever counts already', () => {
    const budget = portfolioBudget(250, 250, (id) => id === 'r-1');

    expect(budget.spend('r-1')).toBe(true);
    expect(budget.spend('r-2')).toBe(false);
  });

  it('spends a recipient once, however often asked', () => {
    const budget = portfolioBudget(10, 0, nobody);
    for (let i = 0; i < 5; i += 1) budget.spend('r-1');

    expect(budget.left).toBe(9);
  });

  it('has no end when the limit is unlimited', () => {
    const budget = portfolioBudget('unlimited', 1_000_000, nobody);

    expect(budget.spend('r-1')).toBe(true);
    expect(budget.left).toBe(Number.POSITIVE_INFINITY);
  });

  it('never lets more new recipients through than were left, and is never negative', () => {
    fc.assert(
      fc.property(fc.nat({ max: 50 }), fc.nat({ max: 60 }), fc.array(fc.nat({ max: 80 }).map(String)), (limit, used, asked) => {
        const budget = portfolioBudget(limit, used, nobody);
        const through = new Set(asked.filter((id) => budget.spend(id)));

        expect(through.size).toBeLessThanOrEqual(Math.max(limit - used, 0));
        expect(budget.left).toBe(Math.max(limit - used, 0) - through.size);
      }),
    );
  });
});
