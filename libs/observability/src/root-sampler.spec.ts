import { describe, expect, it } from '@jest/globals';
import { rootSampler } from './root-sampler.js';

describe(rootSampler.name, () => {
  it.each([
    [undefined, '0.01'],
    ['', '0.01'],
    ['all', '0.01'],
    ['7', '0.01'],
    ['1', '1'],
    ['0', '0'],
    ['0.5', '0.5'],
  ])('keeps, of the many, with %j the share %s', (wanted, share) => {
    expect(rootSampler(wanted).toString()).toContain(`{${share}}`);
  });
});
