import type { Clock, SeededRandom } from '@daybreak/kernel';
import { drawLag } from '../clockwork/lag.js';
import type { Timeline } from '../clockwork/timeline.js';
import type { LiveSettings } from '../settings/settings.js';
import type { Waba } from './accounts.js';
import { GraphError, invalidParameter, requiredParameter } from './graph-error.js';
import { isObject, textOf, type Json } from './json.js';
import { lintTemplate } from './template-lint.js';
import type { TemplateLife } from './template-life.js';
import { shapeOf, type Template } from './template.js';
import type { Templates } from './templates.js';

export interface SubmissionDeps {
  readonly clock: Clock;
  readonly timeline: Timeline;
  readonly live: () => LiveSettings;
  readonly templates: Templates;
  readonly life: TemplateLife;
  readonly random: SeededRandom;
}

type Category = Template['category'];

const CATEGORIES: readonly string[] = ['MARKETING', 'UTILITY', 'AUTHENTICATION'];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SYNC_MS = 10 * 60_000; // the Marketing Messages API needs up to ten minutes
const NAME_BLOCKED_MS = 30 * DAY_MS;
const LANGUAGE = /^[a-z]{2,3}(_[A-Z]{2,3})?$/;
/** Words that make a reviewer call a message promotional. */
const PROMOTIONAL = /\b(offers?|sale|discount|deals?|promo(tion)?s?|coupon|festiv\w*|wishes|greetings|limited time|buy|invite)\b/i;

/** Templates that are made, changed and deleted by an app, and the review that follows. */
export class TemplateSubmissions {
  private readonly createdAtMs = new Map<string, number[]>();
  private readonly blockedUntilMs = new Map<string, number>();

  constructor(private readonly deps: SubmissionDeps) {}

  create(waba: Waba, body: unknown): Template {
    if (!isObject(body)) throw invalidParameter('Invalid JSON in request body');
    const { name, language } = body;
    if (typeof name !== 'string') throw requiredParameter('name');
    if (!/^[a-z0-9_]{1,512}$/.test(name))
      throw invalidParameter('Param name must have 1 to 512 lower-case letters, digits and underscores.');
    if (typeof language !== 'string') throw requiredParameter('language');
    if (!LANGUAGE.test(language)) throw invalidParameter(`Param language must be a supported locale - got "${language.slice(0, 16)}".`);
    const category = categoryOf(body['category']);
    const parameterFormat = textOf(body['parameter_format']).toUpperCase() === 'NAMED' ? 'NAMED' : 'POSITIONAL';
    const components = componentsOf(body['components']);
    lintTemplate({ category, parameterFormat, components });
    this.checkLimits(waba, name, language);
    const template = this.deps.templates.add({
      wabaId: waba.id,
      name,
      language,
      category: this.judgedCategory(category, components),
      parameterFormat,
      status: 'PENDING',
      qualityScore: 'UNKNOWN',
      components: [...components],
    });
    template.messageSendTtlSeconds = ttlOf(body['message_send_ttl_seconds'], category);
    template.syncedAtMs = this.deps.clock.nowMs() + SYNC_MS;
    this.review(template);
    return template;
  }

  /** Replaces all components; the template goes through review again. */
  edit(template: Template, body: unknown): void {
    if (!isObject(body)) throw invalidParameter('Invalid JSON in request body');
    const nowMs = this.deps.clock.nowMs();
    if (!['APPROVED', 'REJECTED', 'PAUSED'].includes(template.status))
      throw new GraphError(2_388_039, { details: `A template that is ${template.status} can't be edited.` });
    const category = body['category'] === undefined ? template.category : categoryOf(body['category']);
    if (template.status === 'APPROVED') this.checkEdits(template, category, nowMs);
    const components = body['components'] === undefined ? template.components : componentsOf(body['components']);
    lintTemplate({ category, parameterFormat: template.parameterFormat, components });
    template.editsAtMs.push(nowMs);
    template.category = this.judgedCategory(category, components);
    template.components = components;
    template.shape = shapeOf(components);
    template.status = 'PENDING';
    template.syncedAtMs = nowMs + SYNC_MS;
    this.deps.life.componentsChanged(template);
    this.review(template);
  }

  /** All languages of a name, or one template by id; the name stays blocked for 30 days. */
  delete(waba: Waba, name: string, id: string | undefined): void {
    const { templates, life, clock } = this.deps;
    const doomed = templates.of(waba.id).filter((t) => t.name === name && (id === undefined || t.id === id));
    if (doomed.length === 0) throw new GraphError(100, { message: '(#100) Message template not found', subcode: 2_593_002 });
    if (doomed.some((t) => t.status === 'DISABLED')) throw invalidParameter("A disabled template can't be deleted.");
    for (const template of doomed) {
      life.setStatus(template, 'PENDING_DELETION');
      templates.remove(template);
      this.blockedUntilMs.set(`${waba.id}/${template.name}/${template.language}`, clock.nowMs() + NAME_BLOCKED_MS);
    }
  }

  /** Only a pacing pause is lifted by hand. */
  unpause(template: Template): void {
    if (template.status !== 'PAUSED' || !template.pausedByPacing)
      throw new GraphError(2_388_039, { details: 'Only templates paused by pacing can be unpaused.' });
    this.deps.life.unpause(template);
  }

  private checkLimits(waba: Waba, name: string, language: string): void {
    const { templates, clock, live } = this.deps;
    const nowMs = clock.nowMs();
    if (waba.banState === 'DISABLE') throw new GraphError(131_031);
    if (waba.portfolio.underReview) throw new GraphError(368, { details: 'The business portfolio is under review' });
    if (templates.find(waba.id, name, language) !== undefined) {
      throw new GraphError(100, {
        message: '(#100) Invalid parameter',
        subcode: 2_388_024,
        userTitle: 'Content in this language already exists',
        userMessage: `There is already ${language} content for this template.`,
      });
    }
    if ((this.blockedUntilMs.get(`${waba.id}/${name}/${language}`) ?? 0) > nowMs) {
      throw new GraphError(100, {
        message: '(#100) Invalid parameter',
        subcode: 2_388_023,
        userTitle: 'Message template language is being deleted',
        userMessage: 'New content can’t be added while the existing content is being deleted. Try again in 4 weeks.',
      });
    }
    if (templates.of(waba.id).length >= (waba.portfolio.verified ? 6_000 : 250)) throw new GraphError(2_388_019);
    const recent = (this.createdAtMs.get(waba.id) ?? []).filter((atMs) => atMs > nowMs - HOUR_MS);
    if (recent.length >= live().limits.templatesPerHour) throw new GraphError(80_008, { httpStatus: live().limits.throttlingHttpStatus });
    this.createdAtMs.set(waba.id, [...recent, nowMs]);
  }

  private checkEdits(template: Template, category: Category, nowMs: number): void {
    if (category !== template.category) throw invalidParameter("The category of an approved template can't be changed.");
    const within = (ms: number): number => template.editsAtMs.filter((atMs) => atMs > nowMs - ms).length;
    if (within(DAY_MS) >= 1 || within(30 * DAY_MS) >= 10)
      throw new GraphError(2_388_039, { details: 'An approved template can be edited once in 24 hours and 10 times in 30 days.' });
  }

  /** Since April 2025 promotional or unclear utility is not refused but made marketing. */
  private judgedCategory(category: Category, components: readonly Json[]): Category {
    if (category !== 'UTILITY' || !this.deps.live().review.recategorise) return category;
    const shape = shapeOf(components);
    const unclear =
      shape.body
        .replace(/\{\{[^}]*\}\}/g, '')
        .trim()
        .split(/\s+/).length < 3;
    return unclear || components.some((c) => PROMOTIONAL.test(textOf(c['text']))) ? 'MARKETING' : category;
  }

  private review(template: Template): void {
    const { timeline, clock, life, live, templates, random } = this.deps;
    template.revision += 1;
    const { revision } = template;
    timeline.at(clock.nowMs() + drawLag(live().review.takes, random), () => {
      if (template.revision !== revision) return;
      const { rejectNames, rejectReason, pacing } = live().review;
      if (rejectNames.some((pattern) => new RegExp(pattern).test(template.name)))
        return life.setStatus(template, 'REJECTED', { reason: rejectReason });
      if (template.category === 'MARKETING') templates.pace(template, pacing);
      life.setStatus(template, 'APPROVED');
    });
  }
}

function categoryOf(value: unknown): Category {
  if (value === undefined) throw requiredParameter('category');
  const category = textOf(value).toUpperCase();
  if (!CATEGORIES.includes(category))
    throw invalidParameter(`Param category must be one of {${CATEGORIES.join(', ')}} - got "${category.slice(0, 32)}".`);
  return category as Category;
}

function componentsOf(value: unknown): readonly Json[] {
  if (value === undefined) throw requiredParameter('components');
  if (!Array.isArray(value) || value.length === 0 || !value.every(isObject))
    throw invalidParameter('Param components must be a non-empty array of objects.');
  return value;
}

/** Seconds a message of this template stays deliverable: bounds by category; marketing has none on this API. */
function ttlOf(value: unknown, category: Category): number | undefined {
  if (value === undefined || value === null || value === -1) return undefined;
  const [least, most] = category === 'AUTHENTICATION' ? [30, 900] : category === 'UTILITY' ? [30, 43_200] : [43_200, 2_592_000];
  if (typeof value !== 'number' || value < least || value > most)
    throw invalidParameter(`Param message_send_ttl_seconds must be between ${least} and ${most}.`);
  return value;
}
