import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sendWindowFor } from './send-window.js';
import { sliceOf, slicesOf } from './slices.js';

const window = sendWindowFor({ runDate: '2026-11-22' });

describe('slices', () => {
  it('cover the window without gap or overlap, a second each', () => {
    const slices = slicesOf(window);

    expect(slices).toHaveLength(300);
    expect(slices[0]?.opensAt).toBe(window.opensAt);
    expect(slices.at(-1)?.closesAt).toBe(window.closesAt);
    for (const [i, slice] of slices.slice(1).entries()) expect(slice.opensAt).toBe(slices[i]?.closesAt);
  });

  it('hold the instants that fall into them', () => {
    fc.assert(
      fc.property(fc.integer({ min: window.opensAt, max: window.closesAt - 1 }), (dueAt) => {
        const slice = sliceOf(dueAt, window);

        expect(dueAt >= slice.opensAt && dueAt < slice.closesAt).toBe(true);
        expect(slicesOf(window)[slice.index]).toEqual(slice);
      }),
    );
  });

  it('take instants from outside the window into the first and the last', () => {
    expect(sliceOf(window.opensAt - 5, window).index).toBe(0);
    expect(sliceOf(window.closesAt, window).index).toBe(299);
  });

  it('end with a window that does not last whole seconds', () => {
    const odd = { ...window, closesAt: window.opensAt + 1_500 };

    expect(slicesOf(odd).map((s) => s.closesAt - s.opensAt)).toEqual([1_000, 500]);
  });
});
