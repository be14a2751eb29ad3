import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { selectActive, type TemplateVersion } from './select-active.js';
import { TEMPLATE_QUALITY_SCORES, TEMPLATE_STATUSES, type TemplateQualityScore, type TemplateStatus } from './template-status.js';

const v = (version: string, status: TemplateStatus = 'APPROVED', quality: TemplateQualityScore = 'GREEN'): TemplateVersion => ({
  version,
  status,
  quality,
});

describe(selectActive.name, () => {
  it.each<[string, TemplateVersion[], string | undefined, string | undefined, string | undefined]>([
    ['nothing to choose from', [], undefined, undefined, undefined],
    ['the newest of two good ones on the first day', [v('v1'), v('v2')], undefined, 'v2', 'v1'],
    ['the newest by number, not by letters', [v('v9'), v('v10')], undefined, 'v10', 'v9'],
    ['the current one as long as it is good', [v('v1'), v('v2')], 'v1', 'v1', 'v2'],
    ['a good one when the current one is YELLOW', [v('v1', 'APPROVED', 'YELLOW'), v('v2')], 'v1', 'v2', 'v1'],
    ['a good one when the current one is paused', [v('v1', 'PAUSED'), v('v2')], 'v1', 'v2', undefined],
    ['the current one when no other is good', [v('v1', 'APPROVED', 'YELLOW'), v('v2', 'APPROVED', 'UNKNOWN')], 'v1', 'v1', 'v2'],
    ['an untried one rather than silence', [v('v1', 'PAUSED'), v('v2', 'APPROVED', 'UNKNOWN')], 'v1', 'v2', undefined],
    ['an untried one over a YELLOW one', [v('v1', 'APPROVED', 'YELLOW'), v('v2', 'APPROVED', 'UNKNOWN')], undefined, 'v2', 'v1'],
    ['nothing when none is approved', [v('v1', 'PENDING'), v('v2', 'UNKNOWN')], 'v1', undefined, undefined],
  ])('takes %s', (_, versions, current, active, standby) => {
    const selection = selectActive(versions, current);

    expect([selection.active?.version, selection.standby?.version]).toEqual([active, standby]);
  });

  it('says whether the active one is GREEN', () => {
    expect(selectActive([v('v1')]).activeIsGreen).toBe(true);
    expect(selectActive([v('v1', 'APPROVED', 'UNKNOWN')]).activeIsGreen).toBe(false);
    expect(selectActive([]).activeIsGreen).toBe(false);
  });

  it('never chooses what is not approved, nor the same twice, nor leaves a GREEN one for another', () => {
    const version = fc.record({
      status: fc.constantFrom<TemplateStatus>(...TEMPLATE_STATUSES, 'UNKNOWN'),
      quality: fc.constantFrom(...TEMPLATE_QUALITY_SCORES),
    });
    fc.assert(
      fc.property(fc.array(version, { maxLength: 6 }), fc.nat({ max: 6 }), (some, currentIndex) => {
        const versions = some.map((s, i) => ({ version: `v${i + 1}`, ...s }));
        const { active, standby, activeIsGreen } = selectActive(versions, `v${currentIndex}`);

        for (const chosen of [active, standby]) expect(chosen?.status ?? 'APPROVED').toBe('APPROVED');
        expect(active === undefined || active !== standby).toBe(true);
        expect(activeIsGreen).toBe(versions.some((s) => s.status === 'APPROVED' && s.quality === 'GREEN'));
      }),
    );
  });
});
