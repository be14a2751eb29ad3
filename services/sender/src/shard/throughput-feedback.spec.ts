import { describe, expect, it } from '@jest/globals';
import { ThroughputFeedback } from './throughput-feedback.js';

describe(ThroughputFeedback.name, () => {
  it('halves the rate once for all refusals of a second', () => {
    const sut = new ThroughputFeedback();

    for (let ms = 0; ms < 900; ms += 10) sut.tooFast(ms);

    expect(sut.shareAt(0)).toBe(0.5);
  });

  it('halves again when the lower rate is refused too, but never stops asking', () => {
    const sut = new ThroughputFeedback();

    for (let s = 0; s < 20; s++) sut.tooFast(s * 1_000);

    expect(sut.shareAt(19_000)).toBeCloseTo(0.05, 5);
  });

  it('recovers 5 % of the whole a second, up to the whole', () => {
    const sut = new ThroughputFeedback();
    sut.tooFast(0);

    expect([1_000, 5_000, 10_000, 60_000].map((ms) => sut.shareAt(ms))).toEqual([0.55, 0.75, 1, 1]);
  });
});
