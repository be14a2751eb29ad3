import type { CloudApiClient } from '@daybreak/cloud-api';
import type { Clock } from '@daybreak/kernel';
import type { Logger } from '@daybreak/observability';
import type { TemplateRepository } from '../store/template.repository.js';
import type { WabaRepository } from '../store/waba.repository.js';
import type { Families } from '../families/prepared-template.js';
import type { SubmitMissing } from '../families/submit-missing.js';
import type { SeenTemplate } from './fold-families.js';
import type { PublishStates } from './publish-states.js';
import type { TemplateChange } from './template-change.js';
import { familyOf } from './template-name.js';
import { shapeOf } from './template-shape.js';

export interface WatchParts {
  readonly cloudApi: CloudApiClient;
  readonly templates: TemplateRepository;
  readonly wabas: WabaRepository;
  readonly states: PublishStates;
  readonly families: Families;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Keeps what is known of the templates true: webhooks at once, and whole listings now and then, because webhooks get lost. */
export class WatchTemplates {
  private listedAtMs = -Infinity;

  constructor(
    private readonly parts: WatchParts,
    private readonly options: { readonly everyMs: number; readonly submit: SubmitMissing | undefined },
  ) {}

  /** A listing when one is due; sooner while a WABA could not be listed or something unknown was heard of. */
  async turn(): Promise<void> {
    if (performance.now() - this.listedAtMs < this.options.everyMs) return;
    const startedMs = performance.now();
    if (await this.list()) this.listedAtMs = startedMs;
  }

  async takeWabas(wabas: readonly { readonly wabaId: string; readonly version: bigint | undefined }[]): Promise<void> {
    await this.parts.wabas.take(wabas);
    this.listSoon();
  }

  async takeChanges(changes: readonly { readonly templateId: string; readonly change: TemplateChange | 'components' }[]): Promise<void> {
    for (const { templateId, change } of changes) {
      const known = change !== 'components' && (await this.parts.templates.note(templateId, change));
      if (!known) this.listSoon();
    }
    await this.parts.states.changed();
  }

  private listSoon(): void {
    this.listedAtMs = -Infinity;
  }

  /** Resolves with whether there was a WABA and every one could be listed. */
  private async list(): Promise<boolean> {
    const wabaIds = await this.parts.wabas.ids();
    const listed: boolean[] = [];
    for (const wabaId of wabaIds) listed.push(await this.listOne(wabaId));
    if (wabaIds.length > 0) await this.parts.states.changed();
    return wabaIds.length > 0 && listed.every(Boolean);
  }

  private async listOne(wabaId: string): Promise<boolean> {
    try {
      const templates = await this.parts.cloudApi.listTemplates(wabaId);
      const ours = templates.flatMap((template) => {
        const { family, version } = familyOf(template.name ?? '') ?? {};
        if (family === undefined || version === undefined || !this.parts.families.names.has(family)) return [];
        return [
          {
            templateId: template.id,
            wabaId,
            name: template.name ?? '',
            language: template.language ?? '',
            family,
            version,
            status: template.status ?? '',
            qualityScore: template.quality_score?.score ?? 'UNKNOWN',
            category: template.category ?? '',
            correctCategory: template.correct_category ?? '',
            submittedCategory: this.parts.families.categoryOf(family) ?? template.category ?? '',
            shape: shapeOf(template.components ?? [], template.parameter_format),
          } satisfies SeenTemplate,
        ];
      });
      await this.parts.templates.replace(wabaId, ours, new Date(Math.floor(this.parts.clock.nowMs())));
      const submitted = await this.options.submit?.on(wabaId, new Set(templates.map((t) => `${t.name}/${t.language}`)));
      return !submitted; // what was submitted shows in the next listing
    } catch (error) {
      this.parts.logger.warn({ err: error, waba_id: wabaId }, 'the templates of a WABA could not be listed; what was known stays');
      return false;
    }
  }
}
