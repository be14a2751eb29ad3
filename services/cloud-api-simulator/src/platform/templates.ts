import type { Clock } from '@daybreak/kernel';
import type { TemplateSettings } from '../settings/account-settings.js';
import type { PacingSettings } from '../settings/primitives.js';
import type { LiveSettings } from '../settings/settings.js';
import { Pacing } from './pacing.js';
import { QualityScore } from './quality.js';
import { shapeOf, type Template } from './template.js';

/** All templates of all WABAs: one for each name and language. */
export class Templates {
  private readonly byId = new Map<string, Template>();
  private readonly byName = new Map<string, Template>();

  constructor(
    seeded: readonly TemplateSettings[],
    private readonly live: () => LiveSettings,
    private readonly clock: Clock,
    private readonly newId: () => string,
  ) {
    for (const settings of seeded) this.add(settings);
  }

  add(settings: TemplateSettings): Template {
    const nowMs = this.clock.nowMs();
    const template: Template = {
      id: settings.id ?? this.newId(),
      wabaId: settings.wabaId,
      name: settings.name,
      language: settings.language,
      category: settings.category,
      previousCategory: undefined,
      parameterFormat: settings.parameterFormat,
      status: settings.status,
      rejectedReason: 'NONE',
      components: settings.components,
      shape: shapeOf(settings.components),
      qualityScore: settings.qualityScore,
      qualityScoreAtMs: nowMs,
      quality: new QualityScore(() => this.live().quality),
      pauses: 0,
      pausedByPacing: false,
      pacing: settings.pacing === undefined ? undefined : new Pacing(settings.pacing),
      editsAtMs: [],
      syncedAtMs: nowMs,
      messageSendTtlSeconds: undefined,
      revision: 0,
    };
    this.byId.set(template.id, template);
    this.byName.set(key(template.wabaId, template.name, template.language), template);
    return template;
  }

  remove(template: Template): void {
    this.byId.delete(template.id);
    this.byName.delete(key(template.wabaId, template.name, template.language));
  }

  withId(id: string): Template | undefined {
    return this.byId.get(id);
  }

  find(wabaId: string, name: string, language: string): Template | undefined {
    return this.byName.get(key(wabaId, name, language));
  }

  /** In the order in which they were made. */
  of(wabaId: string): Template[] {
    return [...this.byId.values()].filter((t) => t.wabaId === wabaId);
  }

  /** By name, perhaps of one language, in any WABA. */
  named(name: string | undefined, language: string | undefined): Template[] {
    return [...this.byId.values()].filter(
      (t) => (name === undefined || t.name === name) && (language === undefined || t.language === language),
    );
  }

  pace(template: Template, settings: PacingSettings | undefined): void {
    template.pacing = settings === undefined ? undefined : new Pacing(settings);
  }
}

const key = (wabaId: string, name: string, language: string): string => `${wabaId}/${name}/${language}`;
