import { describe, expect, it } from '@jest/globals';
import { packShelf } from './choose-pack.js';
import { aPlanPack } from '../../test/plan.factory.js';

const somebody = { language: 'en', segments: ['equity', 'gold'], namedIn: ['personal'] };

const personal = aPlanPack({ contentPackId: 'personal', audience: 'recipients' });
const segment = aPlanPack({ contentPackId: 'segment', audience: 'segment', segment: 'gold' });
const all = aPlanPack({ contentPackId: 'all', audience: 'all' });
const fallback = aPlanPack({ contentPackId: 'fallback', audience: 'fallback', runDate: undefined });

describe(packShelf.name, () => {
  it.each([
    ['personal beats segment', [all, fallback, segment, personal], 'personal'],
    ['segment beats all', [fallback, all, segment], 'segment'],
    ['all beats the fallback', [fallback, all], 'all'],
    ['the fallback is better than nothing', [fallback], 'fallback'],
    ['nothing is nothing', [], undefined],
  ])('%s', (_, packs, chosen) => {
    expect(packShelf(packs).packFor(somebody)?.contentPackId).toBe(chosen);
  });

  it('gives nobody a pack in another language, not even one that names them', () => {
    const hindi = [personal, segment, all, fallback].map((pack) => ({ ...pack, language: 'hi' }));

    expect(packShelf(hindi).packFor(somebody)).toBeUndefined();
  });

  it('gives nobody a pack that names others', () => {
    expect(packShelf([personal, fallback]).packFor({ ...somebody, namedIn: ['another'] })?.contentPackId).toBe('fallback');
  });

  it('takes the pack that was published last, and by id where two came at once, in whatever order they are read', () => {
    const older = aPlanPack({ contentPackId: 'a', publishedAtMs: 1 });
    const newer = aPlanPack({ contentPackId: 'c', publishedAtMs: 2 });
    const twin = aPlanPack({ contentPackId: 'b', publishedAtMs: 2 });

    for (const packs of [
      [older, newer, twin],
      [twin, newer, older],
    ]) {
      expect(packShelf(packs).packFor(somebody)?.contentPackId).toBe('b');
    }
  });

  it('compares packs of several segments, and several personal ones, by the same rule', () => {
    const equity = aPlanPack({ contentPackId: 'equity', audience: 'segment', segment: 'equity', publishedAtMs: 2 });
    const gold = aPlanPack({ contentPackId: 'gold', audience: 'segment', segment: 'gold', publishedAtMs: 3 });
    expect(packShelf([equity, gold]).packFor(somebody)?.contentPackId).toBe('gold');

    const second = aPlanPack({ contentPackId: 'second', audience: 'recipients', publishedAtMs: 5 });
    const named = { ...somebody, namedIn: ['personal', 'second'] };
    expect(packShelf([personal, second]).packFor(named)?.contentPackId).toBe('second');
  });

  it('prefers the fallback of this date to the one of any', () => {
    const dated = aPlanPack({ contentPackId: 'dated', audience: 'fallback', publishedAtMs: 0 });

    expect(packShelf([fallback, dated]).packFor(somebody)?.contentPackId).toBe('dated');
  });
});
