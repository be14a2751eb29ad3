import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { Valid } from './valid.pipe.js';

const sut = new Valid(z.strictObject({ rate: z.number().positive(), reason: z.string().trim().min(1) }));

describe(Valid.name, () => {
  it('hands on what is right, as the schema made it', () => {
    expect(sut.transform({ rate: 20, reason: ' too fast ' })).toEqual({ rate: 20, reason: 'too fast' });
  });

  it('names every field that is wrong, without its value', () => {
    expect(() => sut.transform({ rate: -77 })).toThrow(
      expect.objectContaining({
        retry: { kind: 'drop' },
        violations: [expect.objectContaining({ field: 'rate' }), expect.objectContaining({ field: 'reason' })],
      }),
    );
    expect(() => sut.transform({ rate: -77, reason: 'x' })).not.toThrow(/77/);
  });

  it('refuses no body at all', () => {
    expect(() => sut.transform(undefined)).toThrow(expect.objectContaining({ violations: expect.arrayContaining([expect.anything()]) }));
  });
});
