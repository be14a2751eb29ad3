import { describe, expect, it } from '@jest/globals';
import { foldFamilies, type SeenTemplate } from './fold-families.js';

const aTemplate = (version: string, over: Partial<SeenTemplate> = {}): SeenTemplate => ({
  templateId: `${over.wabaId ?? 'waba-1'}-${version}`,
  wabaId: 'waba-1',
  name: `daily_pack_${version}`,
  language: 'en',
  family: 'daily_pack',
  version,
  status: 'APPROVED',
  qualityScore: 'GREEN',
  category: 'UTILITY',
  submittedCategory: 'UTILITY',
  correctCategory: '',
  shape: { bodyParameterNames: ['name'], namedParameters: true, hasImageHeader: true, quickReplyPayloads: [] },
  ...over,
});
const rolesOf = (seen: SeenTemplate[], wabas = ['waba-1'], current = new Map<string, string>()): Record<string, string> =>
  Object.fromEntries(foldFamilies(seen, wabas, current).states.map((s) => [s.version, s.role]));
const verdictOf = (...seen: SeenTemplate[]): string | undefined => foldFamilies(seen, ['waba-1'], new Map()).verdicts[0]?.state;

describe(foldFamilies.name, () => {
  it('makes the best version active, another standby, and gives the rest no role', () => {
    expect(rolesOf([aTemplate('v1', { qualityScore: 'YELLOW' }), aTemplate('v2'), aTemplate('v3', { status: 'PAUSED' })])).toEqual({
      v1: 'standby',
      v2: 'active',
      v3: 'none',
    });
  });

  it('keeps the current version while it is as good as any other', () => {
    expect(rolesOf([aTemplate('v1'), aTemplate('v2')], ['waba-1'], new Map([['daily_pack/en', 'v1']]))).toEqual({
      v1: 'active',
      v2: 'standby',
    });
  });

  it('takes a version for what it is on its worst WABA', () => {
    const seen = [
      aTemplate('v1'),
      aTemplate('v1', { wabaId: 'waba-2', status: 'PAUSED' }),
      aTemplate('v2', { qualityScore: 'UNKNOWN' }),
      aTemplate('v2', { wabaId: 'waba-2' }),
    ];
    expect(rolesOf(seen, ['waba-1', 'waba-2'])).toEqual({ v1: 'none', v2: 'active' });
  });

  it('does not send what a WABA does not have', () => {
    expect(rolesOf([aTemplate('v1')], ['waba-1', 'waba-2'])).toEqual({ v1: 'none' });
  });

  it.each([
    ['ok: active and standby are green', 'ok', [aTemplate('v1'), aTemplate('v2')]],
    ['degraded without a standby', 'degraded', [aTemplate('v1')]],
    [
      'degraded when the active one may be paced',
      'degraded',
      [aTemplate('v1', { qualityScore: 'UNKNOWN' }), aTemplate('v2', { qualityScore: 'UNKNOWN' })],
    ],
    ['failed when nothing is approved', 'failed', [aTemplate('v1', { status: 'REJECTED' })]],
    [
      'failed when utility became marketing',
      'failed',
      [aTemplate('v1', { category: 'MARKETING' }), aTemplate('v2', { category: 'MARKETING' })],
    ],
    ['failed when utility is about to become marketing', 'failed', [aTemplate('v1', { correctCategory: 'MARKETING' })]],
  ])('judges %s', (_what, state, seen) => {
    expect(verdictOf(...seen)).toBe(state);
  });

  it('judges each language by itself', () => {
    const { verdicts } = foldFamilies(
      [aTemplate('v1'), aTemplate('v1', { language: 'hi', status: 'PENDING', templateId: 'hi' })],
      ['waba-1'],
      new Map(),
    );
    expect(verdicts.map((v) => [v.language, v.state])).toEqual([
      ['en', 'degraded'],
      ['hi', 'failed'],
    ]);
  });

  it('fails a language that ought to be there and is on no WABA', () => {
    const expected = [
      { family: 'daily_pack', language: 'en' },
      { family: 'daily_pack', language: 'mr' },
    ];
    const { verdicts } = foldFamilies([aTemplate('v1'), aTemplate('v2')], ['waba-1'], new Map(), expected);

    expect(verdicts.map(({ language, state }) => [language, state])).toEqual([
      ['en', 'ok'],
      ['mr', 'failed'],
    ]);
  });
});
