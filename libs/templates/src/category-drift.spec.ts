import { describe, expect, it } from '@jest/globals';
import { categoryDrift } from './category-drift.js';

describe(categoryDrift.name, () => {
  it('is nothing while Meta agrees', () => {
    expect(categoryDrift('UTILITY', { category: 'UTILITY' })).toBeUndefined();
    expect(categoryDrift('UTILITY', { category: 'UTILITY', correctCategory: 'UTILITY' })).toBeUndefined();
  });

  it('stops the run when a utility template became marketing, or is about to', () => {
    expect(categoryDrift('UTILITY', { category: 'MARKETING' })).toEqual({
      from: 'UTILITY',
      to: 'MARKETING',
      impending: false,
      stopsRun: true,
    });
    expect(categoryDrift('UTILITY', { category: 'UTILITY', correctCategory: 'MARKETING' })).toMatchObject({
      impending: true,
      stopsRun: true,
    });
  });

  it('reports, and does not stop for, a change to something cheaper', () => {
    expect(categoryDrift('MARKETING', { category: 'UTILITY' })).toMatchObject({ to: 'UTILITY', stopsRun: false });
  });
});
