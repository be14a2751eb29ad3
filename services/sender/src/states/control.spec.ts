import { describe, expect, it } from '@jest/globals';
import { strictest, type Control } from './control.js';

const control = (over: Partial<Control> = {}): Control => ({
  paused: false,
  draining: false,
  maxRate: null,
  reason: '',
  actor: 'operator',
  updatedAtMs: 0,
  ...over,
});

describe(strictest.name, () => {
  it('is nobody’s word where nobody spoke, and the one word where one did', () => {
    const own = control({ maxRate: 5 });

    expect(strictest(undefined, undefined)).toBeUndefined();
    expect(strictest(own, undefined)).toBe(own);
    expect(strictest(undefined, own)).toBe(own);
  });

  it('stops a shard that either word stops, and gives the reason of the one that stops it', () => {
    const own = control({ paused: true, reason: 'bad content' });
    const everybody = control({ maxRate: 10, reason: 'slow morning' });

    expect(strictest(own, everybody)).toMatchObject({ paused: true, maxRate: 10, reason: 'bad content' });
    expect(strictest(control({ draining: true, reason: 'drained' }), control({ paused: true, reason: 'kill switch' }))).toMatchObject({
      paused: true,
      draining: true,
      reason: 'kill switch',
    });
  });

  it('takes the lower of two rates, a rate of 0 too', () => {
    expect(strictest(control({ maxRate: 20 }), control({ maxRate: 5 }))?.maxRate).toBe(5);
    expect(strictest(control({ maxRate: 0 }), control({ maxRate: 5 }))?.maxRate).toBe(0);
    expect(strictest(control({ maxRate: 20 }), control())?.maxRate).toBe(20);
  });
});
