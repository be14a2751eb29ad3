import { describe, expect, it } from '@jest/globals';
import { allowedRate, RAMP_MS, type RateInputs } from './allowed-rate.js';

const inputs = (over: Partial<RateInputs> = {}): RateInputs => ({
  shard: { allowedRate: 76, throughputMps: 80, role: 'primary', mode: 'active' },
  control: undefined,
  inboundPerSecond: 0,
  feedbackShare: 1,
  rampStartedAtMs: null,
  ...over,
});

describe(allowedRate.name, () => {
  it.each<[string, Partial<RateInputs>, number]>([
    ['leaves a twentieth of the number free', { shard: { allowedRate: 80, throughputMps: 80, role: 'primary', mode: 'active' } }, 76],
    ['obeys the quality monitor', { shard: { allowedRate: 20, throughputMps: 80, role: 'primary', mode: 'throttled' } }, 20],
    ['obeys an operator', { control: { maxRate: 10 } }, 10],
    ['makes room for what people write to the number', { inboundPerSecond: 16 }, 60],
    ['never goes below zero', { inboundPerSecond: 200 }, 0],
    ['follows what Meta refused', { feedbackShare: 0.5 }, 38],
    ['lets a spare that helps use its number', { shard: { allowedRate: 0, throughputMps: 80, role: 'standby', mode: 'standby' } }, 76],
    ['lets nothing out of a halted number', { shard: { allowedRate: 0, throughputMps: 80, role: 'primary', mode: 'halted' } }, 0],
    ['starts a ramp at a quarter', { rampStartedAtMs: 0 }, 19],
  ])('%s', (_, over, rate) => {
    expect(allowedRate(inputs(over), 0)).toBe(rate);
  });

  it('reaches the whole rate at the end of the ramp', () => {
    expect(allowedRate(inputs({ rampStartedAtMs: 0 }), RAMP_MS)).toBe(76);
  });
});
