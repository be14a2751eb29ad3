import {
  categoryDrift,
  selectActive,
  templateQualityScoreOf,
  templateStatusOf,
  TEMPLATE_CATEGORIES,
  type CategoryDrift,
  type TemplateCategory,
  type TemplateQualityScore,
  type TemplateStatus,
} from '@daybreak/templates';
import type { FamilyLanguage } from '../families/prepared-template.js';
import type { TemplateShape } from './template-shape.js';

/** One template on one WABA, as last seen. */
export interface SeenTemplate {
  readonly templateId: string;
  readonly wabaId: string;
  readonly name: string;
  readonly language: string;
  readonly family: string;
  readonly version: string;
  readonly status: string;
  readonly qualityScore: string;
  readonly category: string;
  readonly submittedCategory: string;
  readonly correctCategory: string;
  readonly shape: TemplateShape;
}

export type Role = 'active' | 'standby' | 'none';

/** One version of one family in one language, over all WABAs; absolute. */
export interface VersionState {
  readonly family: string;
  readonly language: string;
  readonly version: string;
  readonly name: string;
  readonly role: Role;
  readonly wabas: readonly {
    readonly wabaId: string;
    readonly templateId: string;
    readonly status: string;
    readonly qualityScore: string;
    readonly category: string;
  }[];
  readonly shape: TemplateShape;
  readonly reason: string;
}

/** Can the family be sent in this language tomorrow? */
export interface LanguageVerdict {
  readonly family: string;
  readonly language: string;
  readonly state: 'ok' | 'degraded' | 'failed';
  readonly detail: string;
}

interface Version {
  readonly version: string;
  readonly status: TemplateStatus;
  readonly quality: TemplateQualityScore;
  readonly seen: readonly SeenTemplate[];
  readonly drift: CategoryDrift | undefined;
}

const QUALITY_WORST_FIRST: readonly TemplateQualityScore[] = ['RED', 'YELLOW', 'UNKNOWN', 'GREEN'];

/**
 * Chooses the active and the standby version of every family and language. A version counts as what it is on its worst WABA, for a plan
 * sends the same template from all of them. Pure.
 * @param current the active version now, by `<family>/<language>`
 * @param expected what ought to be sendable, whether the platform has it or not
 */
export function foldFamilies(
  seen: readonly SeenTemplate[],
  wabaIds: readonly string[],
  current: ReadonlyMap<string, string>,
  expected: readonly FamilyLanguage[] = [],
): { states: VersionState[]; verdicts: LanguageVerdict[] } {
  const states: VersionState[] = [];
  const verdicts: LanguageVerdict[] = [];
  for (const [key, ofLanguage] of Map.groupBy(seen, (t) => `${t.family}/${t.language}`)) {
    const versions = [...Map.groupBy(ofLanguage, (t) => t.version)].map(([version, templates]) => toVersion(version, templates, wabaIds));
    const chosen = selectActive(versions, current.get(key));
    for (const version of versions)
      states.push(toState(version, version === chosen.active ? 'active' : version === chosen.standby ? 'standby' : 'none'));
    verdicts.push(verdictOf(versions, chosen));
  }
  const absent = expected.filter(({ family, language }) => !seen.some((t) => t.family === family && t.language === language));
  if (wabaIds.length > 0)
    verdicts.push(...absent.map((pair): LanguageVerdict => ({ ...pair, state: 'failed', detail: 'no version of it is on any WABA' })));
  return { states, verdicts };
}

function toVersion(version: string, seen: readonly SeenTemplate[], wabaIds: readonly string[]): Version {
  const statuses = seen.map((t) => templateStatusOf(t.status));
  const missing = wabaIds.filter((wabaId) => !seen.some((t) => t.wabaId === wabaId));
  const qualities = seen.map((t) => templateQualityScoreOf(t.qualityScore));
  return {
    version,
    seen,
    status: missing.length > 0 ? 'UNKNOWN' : (statuses.find((status) => status !== 'APPROVED') ?? 'APPROVED'),
    quality: QUALITY_WORST_FIRST.find((quality) => qualities.includes(quality)) ?? 'UNKNOWN',
    drift: seen.map(driftOf).find((drift) => drift !== undefined),
  };
}

function driftOf(template: SeenTemplate): CategoryDrift | undefined {
  const [submitted, category, correctCategory] = [template.submittedCategory, template.category, template.correctCategory].map(categoryOf);
  return submitted === undefined || category === undefined ? undefined : categoryDrift(submitted, { category, correctCategory });
}

const categoryOf = (text: string): TemplateCategory | undefined => TEMPLATE_CATEGORIES.find((known) => known === text.toUpperCase());

function toState({ version, seen, status, quality, drift }: Version, role: Role): VersionState {
  const [first] = seen as [SeenTemplate];
  const unfit = status === 'APPROVED' ? '' : `not approved on every WABA (${status})`;
  const drifted = drift === undefined ? '' : `category ${drift.impending ? 'is about to become' : 'became'} ${drift.to}`;
  return {
    family: first.family,
    language: first.language,
    version,
    name: first.name,
    role,
    wabas: seen
      .map(({ wabaId, templateId, status: s, qualityScore, category }) => ({ wabaId, templateId, status: s, qualityScore, category }))
      .toSorted((a, b) => (a.wabaId < b.wabaId ? -1 : 1)),
    shape: first.shape,
    reason: [unfit, quality === 'GREEN' ? '' : `quality ${quality}`, drifted].filter((words) => words !== '').join('; '),
  };
}

function verdictOf(
  versions: readonly Version[],
  chosen: { active: Version | undefined; standby: Version | undefined; activeIsGreen: boolean },
): LanguageVerdict {
  const [first] = (versions[0] as Version).seen as [SeenTemplate];
  const said = (state: LanguageVerdict['state'], detail: string): LanguageVerdict => ({
    family: first.family,
    language: first.language,
    state,
    detail,
  });
  const { active, standby, activeIsGreen } = chosen;
  if (active === undefined) return said('failed', 'no version is approved on every WABA');
  if (active.drift?.stopsRun)
    return said('failed', `${active.version}: category ${active.drift.impending ? 'is about to become' : 'became'} ${active.drift.to}`);
  if (!activeIsGreen) return said('degraded', `${active.version} is approved and ${active.quality}: the platform may pace it`);
  return standby === undefined
    ? said('degraded', `${active.version} is fit, and there is no standby`)
    : said('ok', `${active.version} active, ${standby.version} standby`);
}
