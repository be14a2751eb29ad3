import { seededRandom, type Clock, type SeededRandom } from '@daybreak/kernel';
import { DateTime } from 'luxon';
import type { Timeline } from '../clockwork/timeline.js';
import type { WebhookUpdate } from '../outbound/webhook-update.js';
import type { TemplateSettings } from '../settings/account-settings.js';
import type { LiveSettings } from '../settings/settings.js';
import { textOf } from './json.js';
import type { QualityColour } from './quality.js';
import { numericId } from './raw-json.js';
import type { Template } from './template.js';

export interface TemplateLifeDeps {
  readonly seed: number;
  readonly clock: Clock;
  readonly timeline: Timeline;
  readonly live: () => LiveSettings;
  readonly publish: (update: WebhookUpdate, random: SeededRandom) => void;
}

const PAUSE_TITLES = ['FIRST_PAUSE', 'SECOND_PAUSE'];
const HOUR_MS = 3_600_000;

/** What becomes of a template after it was made: status, quality, category, and what apps are told of each. */
export class TemplateLife {
  private readonly random: SeededRandom;

  constructor(private readonly deps: TemplateLifeDeps) {
    this.random = seededRandom(`${deps.seed}/templates`);
  }

  setStatus(
    template: Template,
    status: TemplateSettings['status'],
    options: { readonly reason?: string; readonly other?: { title: string; description: string } } = {},
  ): void {
    template.status = status;
    template.revision += 1;
    template.rejectedReason = status === 'REJECTED' ? (options.reason ?? 'NONE') : 'NONE';
    this.publish(template, 'message_template_status_update', {
      event: status,
      ...named(template),
      message_template_category: template.category,
      reason: options.reason ?? 'NONE',
      ...(options.other === undefined ? {} : { other_info: options.other }),
    });
  }

  /** The platform's judgement changed. RED pauses an approved template, each time for longer; after the last rung it is disabled. */
  setQuality(template: Template, colour: QualityColour, atMs: number): void {
    const previous = template.qualityScore;
    if (previous === colour) return;
    template.qualityScore = colour;
    template.qualityScoreAtMs = atMs;
    this.publish(template, 'message_template_quality_update', {
      previous_quality_score: previous,
      new_quality_score: colour,
      ...named(template),
    });
    if (colour === 'RED' && template.status === 'APPROVED') this.pauseForQuality(template, atMs);
  }

  setCategory(template: Template, category: TemplateSettings['category']): void {
    if (template.category === category) return;
    template.previousCategory = template.category;
    template.category = category;
    template.messageSendTtlSeconds = undefined;
    this.publish(template, 'template_category_update', {
      ...named(template),
      previous_category: template.previousCategory,
      new_category: category,
    });
  }

  /** Low quality seen while pacing: this pause ends by hand only. */
  pauseForPacing(template: Template): void {
    template.pausedByPacing = true;
    this.setStatus(template, 'PAUSED', {
      other: {
        title: 'RATE_LIMITING_PAUSE',
        description: 'Your WhatsApp message template has been paused because of feedback from the people who received it.',
      },
    });
  }

  unpause(template: Template): void {
    template.pausedByPacing = false;
    template.pacing = undefined;
    this.resume(template, this.deps.clock.nowMs());
  }

  componentsChanged(template: Template): void {
    const text = (type: string): string | undefined => template.components.find((c) => c['type'] === type)?.['text'] as string | undefined;
    this.publish(template, 'message_template_components_update', {
      ...named(template),
      message_template_element: text('BODY') ?? '',
      ...(text('HEADER') === undefined ? {} : { message_template_title: text('HEADER') }),
      ...(text('FOOTER') === undefined ? {} : { message_template_footer: text('FOOTER') }),
    });
  }

  private pauseForQuality(template: Template, atMs: number): void {
    const pauseMs = this.deps.live().quality.pauseLadderMs[template.pauses];
    if (pauseMs === undefined) {
      const other = {
        title: 'DISABLED',
        description: 'Your WhatsApp message template has been disabled because it continued to have issues.',
      };
      return this.setStatus(template, 'DISABLED', { other });
    }
    const until = DateTime.fromMillis(atMs + pauseMs, { zone: 'utc' }).toFormat("LLL d 'at' h:mm a 'UTC'");
    const description = `Your WhatsApp message template has been paused for ${pauseMs / HOUR_MS} hours until ${until} because it continued to have issues.`;
    this.setStatus(template, 'PAUSED', { other: { title: PAUSE_TITLES[template.pauses] ?? 'SECOND_PAUSE', description } });
    template.pauses += 1;
    const { revision } = template;
    this.deps.timeline.at(atMs + pauseMs, (untilMs) => {
      if (template.revision === revision) this.resume(template, untilMs);
    });
  }

  /** The pause was the penalty for what people made of it until now: it starts anew, and what they make of it next counts for the next rung. */
  private resume(template: Template, atMs: number): void {
    template.quality.forget();
    this.setStatus(template, 'APPROVED', { other: { title: 'UNPAUSE', description: 'Your WhatsApp message template has been unpaused.' } });
    this.setQuality(template, template.quality.colourAt(atMs), atMs);
  }

  private publish(template: Template, field: string, value: Record<string, unknown>): void {
    const about = {
      status: textOf(value['event'] ?? value['new_quality_score'] ?? value['new_category']),
      template: template.name,
      language: template.language,
    };
    this.deps.publish({ wabaId: template.wabaId, field, value, atMs: this.deps.clock.nowMs(), about }, this.random);
  }
}

const named = (template: Template): Record<string, unknown> => ({
  message_template_id: numericId(template.id),
  message_template_name: template.name,
  message_template_language: template.language,
});
