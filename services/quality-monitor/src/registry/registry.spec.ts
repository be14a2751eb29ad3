import { describe, expect, it } from '@jest/globals';
import { parseRegistry } from './registry.js';

const number = (shardId: string, phoneNumberId: string): string =>
  `      - { shardId: ${shardId}, phoneNumberId: '${phoneNumberId}', role: primary }\n`;
const file = (numbers: string): string =>
  `wabas:\n  - wabaId: '200000000000001'\n    businessPortfolioId: '300000000000001'\n    numbers:\n${numbers}`;

describe(parseRegistry.name, () => {
  it('reads numbers with the WABA they belong to', () => {
    expect(parseRegistry(file(number('shard-1', '400000000000001')))).toEqual({
      wabas: [{ wabaId: '200000000000001', businessPortfolioId: '300000000000001' }],
      numbers: [{ shardId: 'shard-1', phoneNumberId: '400000000000001', wabaId: '200000000000001', role: 'primary', weight: 1 }],
    });
  });

  it.each([
    ['an empty file', '', /the file/],
    ['a file that is not YAML', '{', /the file/],
    [
      'an id that YAML would read as a number',
      file(`      - { shardId: shard-1, phoneNumberId: 400000000000001, role: primary }\n`),
      /wabas\.0\.numbers\.0\.phoneNumberId/,
    ],
    [
      'a role that does not exist',
      file(`      - { shardId: shard-1, phoneNumberId: '400000000000001', role: spare }\n`),
      /wabas\.0\.numbers\.0\.role/,
    ],
    [
      'a shard that is named twice',
      file(number('shard-1', '400000000000001') + number('shard-1', '400000000000002')),
      /shardId: shard-1 is used twice/,
    ],
    [
      'a number that is named twice',
      file(number('shard-1', '400000000000001') + number('shard-2', '400000000000001')),
      /phoneNumberId: 400000000000001 is used twice/,
    ],
  ])('refuses %s, naming the place', (_what, text, place) => {
    expect(() => parseRegistry(text)).toThrow(place);
  });
});
