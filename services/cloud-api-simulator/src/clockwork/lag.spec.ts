import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@daybreak/kernel';
import { drawLag } from './lag.js';

describe(drawLag.name, () => {
  const lag = { medianMs: 1_000, p95Ms: 4_000, maxMs: 20_000 };
  const draw = (count: number, seed: string): number[] => {
    const random = seededRandom(seed);
    return Array.from({ length: count }, () => drawLag(lag, random)).sort((a, b) => a - b);
  };

  it('has the median and the 95th percentile it was told', () => {
    const drawn = draw(20_000, 'lag');

    expect(drawn[10_000]).toBeGreaterThan(960);
    expect(drawn[10_000]).toBeLessThan(1_040);
    expect(drawn[19_000]).toBeGreaterThan(3_700);
    expect(drawn[19_000]).toBeLessThan(4_300);
  });

  it('never exceeds its longest', () => expect(draw(20_000, 'longest').at(-1)).toBeLessThanOrEqual(20_000));

  it('is the same for the same seed', () => expect(draw(50, 'same')).toEqual(draw(50, 'same')));

  it('is nothing where there is no lag, and still takes its two numbers of the stream', () => {
    const [a, b] = [seededRandom(1), seededRandom(1)];

    expect(drawLag({ medianMs: 0, p95Ms: 0, maxMs: 0 }, a)).toBe(0);
    drawLag(lag, b);

    expect(a.next()).toBe(b.next());
  });
});
