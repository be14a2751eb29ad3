import { describe, expect, it } from '@jest/globals';
import { DELIVERY_STATES, isSettled, mayBecome } from './delivery-state.js';

describe('the states of a delivery', () => {
  it('lead from every state to a settled one', () => {
    for (const start of DELIVERY_STATES) {
      const reached = new Set([start]);
      for (const state of reached) for (const next of DELIVERY_STATES) if (mayBecome(state, next)) reached.add(next);

      expect([...reached].some(isSettled)).toBe(true);
    }
  });

  it('never give up what was accepted', () => {
    expect(DELIVERY_STATES.filter((next) => mayBecome('ACCEPTED', next))).toEqual([]);
  });

  it('let only a proof of acceptance change what was settled', () => {
    for (const state of DELIVERY_STATES.filter((s) => isSettled(s) && s !== 'ACCEPTED')) {
      expect(DELIVERY_STATES.filter((next) => mayBecome(state, next))).toEqual(['ACCEPTED']);
    }
  });

  it('reach the API through a claim only', () => {
    expect(mayBecome('PLANNED', 'ACCEPTED')).toBe(false);
    expect(DELIVERY_STATES.filter((from) => mayBecome(from, 'AMBIGUOUS'))).toEqual(['CLAIMED']);
  });
});
