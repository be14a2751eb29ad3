import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseJsonLosslessly } from './lossless-json.js';

it('keeps every integer that a double would round, as the text it was', () => {
  fc.assert(
    fc.property(fc.bigInt(), (id) => {
      const { value } = parseJsonLosslessly(`{"value": ${id}}`) as { value: number | string };

      expect(String(value)).toBe(String(id));
      expect(typeof value).toBe(Number.isSafeInteger(Number(id)) ? 'number' : 'string');
    }),
  );
});

it('is JSON.parse for everything else', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      fc.pre(!/\d{16}/.test(text));

      expect(parseJsonLosslessly(text)).toEqual(JSON.parse(text));
    }),
  );
  expect(parseJsonLosslessly('[1e30, 1.5, "12200000000000000123"]')).toEqual([1e30, 1.5, '12200000000000000123']);
  expect(() => parseJsonLosslessly('{')).toThrow(SyntaxError);
});
