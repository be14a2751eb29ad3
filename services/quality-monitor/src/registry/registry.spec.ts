import { describe, expect, it } from '@jest/globals';
import { parseRegistry } from './registry.js';

const number = (shardId: string, phoneNumberId: string): string =>
  `      - { shardId: ${shardId}, phoneNumberId: '${phoneNumberId}', role: primary }\n`;
const withCaps = (caps: string): string => `      - { shardId: shard-1, phoneNumberId: '400000000000001', role: primary, ${caps} }\n`;
const file = (numbers: string): string =>
  `wabas:\n  - wabaId: '200000000000001'\n    businessPortfolioId: '300000000000001'\n    numbers:\n${numbers}`;

describe(parseRegistry.name, () => {
  it('reads numbers with the WABA they belong to', () => {
    expect(parseRegistry(file(number('shard-1', '400000000000001')))).toEqual({
      wabas: [{ wabaId: '200000000000001', businessPortfolioId: '300000000000001' }],
      numbers: [{ shardId: 'shard-1', phoneNumberId: '400000000000001', wabaId: '200000000000001', role: 'primary', weight: 1 }],
    });
  });

  it('reads caps and a warm-up, which doubles from day to day where nothing else is said', () => {
    const caps = `hourlyCap: 500, dailyCap: 900, warmUp: { startedOn: 2026-11-20, firstDayCap: 50, targetCap: 1000 }`;

    expect(parseRegistry(file(withCaps(caps))).numbers[0]).toMatchObject({
      hourlyCap: 500,
      dailyCap: 900,
      warmUp: { startedOn: '2026-11-20', firstDayCap: 50, factorPerDay: 2, targetCap: 1_000 },
    });
  });

  it.each([
    ['a cap of nobody', 'dailyCap: 0', /numbers\.0\.dailyCap/],
    ['a cap of half a recipient', 'hourlyCap: 1.5', /numbers\.0\.hourlyCap/],
    ['a warm-up without a start', 'warmUp: { firstDayCap: 50, targetCap: 1000 }', /numbers\.0\.warmUp\.startedOn/],
    [
      'a start that is no date',
      `warmUp: { startedOn: 2026-02-30, firstDayCap: 50, targetCap: 1000 }`,
      /warmUp\.startedOn: must be a date, YYYY-MM-DD/,
    ],
    [
      'a warm-up that does not grow',
      'warmUp: { startedOn: 2026-11-20, firstDayCap: 50, targetCap: 1000, factorPerDay: 1 }',
      /warmUp\.factorPerDay/,
    ],
    [
      'a target below the first day',
      'warmUp: { startedOn: 2026-11-20, firstDayCap: 50, targetCap: 50 }',
      /warmUp\.targetCap: must be above firstDayCap/,
    ],
    [
      'a word that means nothing',
      'warmUp: { startedOn: 2026-11-20, firstDayCap: 50, targetCap: 1000, days: 7 }',
      /numbers\.0\.warmUp: .*days/,
    ],
  ])('refuses %s, naming the place', (_what, caps, place) => {
    expect(() => parseRegistry(file(withCaps(caps)))).toThrow(place);
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
