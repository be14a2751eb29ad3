import { describe, expect, it } from '@jest/globals';
import { loadFamilies, parseFamilies, SHIPPED_FAMILIES } from './load-families.js';

const aFile = (over: object = {}): string =>
  JSON.stringify({
    families: [
      {
        family: 'daily_pack',
        category: 'UTILITY',
        examples: { name: 'Asha', headline: 'Markets' },
        versions: { v1: { en: 'Good morning {{name}}, your pack of today is about {{headline}}. Enjoy.' } },
        ...over,
      },
    ],
  });
const versions = (text: string): object => ({ versions: { v1: { en: text } } });

describe(loadFamilies.name, () => {
  it('finds nothing wrong with what ships: two versions in three languages, with header and buttons', () => {
    const { names, languages, prepared, categoryOf } = loadFamilies(SHIPPED_FAMILIES);

    expect([...names]).toEqual(['daily_pack']);
    expect(languages.map(({ language }) => language)).toEqual(['en', 'hi', 'mr']);
    expect(prepared).toHaveLength(6);
    expect(prepared[0]).toMatchObject({ version: 'v1', draft: { name: 'daily_pack_v1', language: 'en', category: 'UTILITY' } });
    expect(categoryOf('daily_pack')).toBe('UTILITY');
  });

  it('names the file that cannot be read', () => {
    expect(() => loadFamilies('/nowhere/families.yaml')).toThrow('/nowhere/families.yaml');
  });
});

describe(parseFamilies.name, () => {
  it('takes examples in the order in which a text uses its variables', () => {
    const { prepared } = parseFamilies(aFile(versions('About {{headline}} today, dear {{name}}, with all the details.')), '/');

    expect(prepared[0]?.draft.body.examples).toEqual(['Markets', 'Asha']);
    expect(prepared[0]?.headerImage).toBeUndefined();
  });

  it.each([
    [
      'a family that is no template name',
      { family: 'Daily Pack' },
      'families.0.family: must be 1 to 100 of a-z 0-9 _, starting with a letter',
    ],
    ['a version of another form', { versions: { first: { en: 'x' } } }, 'families.0.versions.first'],
    ['a category that does not exist', { category: 'NEWS' }, 'families.0.category'],
    ['a misspelt key', { headerimage: 'a.png' }, 'families.0'],
    [
      'wording that the platform refuses',
      versions('{{name}}, your pack is here.'),
      'daily_pack_v1/en body.text: must not start with a variable',
    ],
    ['a variable without an example', { examples: { name: 'Asha' } }, 'daily_pack_v1/en body.examples: one example for every variable'],
    ['a label that is too long', { quickReplies: { en: ['x'.repeat(26)] } }, 'daily_pack_v1/en buttons[0]'],
  ])('names %s', (_, over, message) => {
    expect(() => parseFamilies(aFile(over), '/')).toThrow(message);
  });

  it('names a family that comes twice', () => {
    const { families } = JSON.parse(aFile()) as { families: object[] };
    expect(() => parseFamilies(JSON.stringify({ families: [...families, ...families] }), '/')).toThrow('daily_pack is named twice');
  });
});
