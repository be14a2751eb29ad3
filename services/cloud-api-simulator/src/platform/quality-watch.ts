import type { Timeline } from '../clockwork/timeline.js';
import type { PhoneNumber } from './accounts.js';
import type { Message } from './message.js';
import type { QualityColour, QualityScore } from './quality.js';
import type { Template } from './template.js';

const JUDGED_AGAIN_AFTER_MS = 3_600_000;

/** Hears what people do, keeps the scores of numbers and templates, and says when a colour changes: by what people do, or as it fades. */
export class QualityWatch {
  private readonly recovering = new WeakSet<QualityScore>();

  /** @param onTemplateColour a template's colour changed: pauses and webhooks follow */
  constructor(
    private readonly timeline: Timeline,
    private readonly onTemplateColour: (template: Template, colour: QualityColour, atMs: number) => void,
  ) {}

  onDelivered(message: Message, atMs: number): void {
    message.number.quality.onDelivered(atMs);
    message.template?.quality.onDelivered(atMs);
  }

  onRead(message: Message, atMs: number): void {
    this.each(message, (score) => score.onRead(atMs), atMs);
  }

  onUnread(message: Message, atMs: number): void {
    this.each(message, (score) => score.onUnread(atMs), atMs);
  }

  onBlock(message: Message, atMs: number): void {
    this.each(message, (score) => score.onBlock(atMs), atMs);
  }

  private each({ number, template }: Message, change: (score: QualityScore) => void, atMs: number): void {
    change(number.quality);
    this.judge(number.quality, (colour) => this.rate(number, colour), atMs);
    if (template === undefined) return;
    change(template.quality);
    this.judge(template.quality, (colour, whenMs) => this.onTemplateColour(template, colour, whenMs), atMs);
  }

  private rate(number: PhoneNumber, colour: QualityColour): void {
    number.qualityRating = colour;
  }

  /** Whoever is not GREEN is judged again every hour until they are: a number that rests recovers too. */
  private judge(score: QualityScore, tell: (colour: QualityColour, atMs: number) => void, atMs: number): void {
    const changed = score.changedColourAt(atMs);
    if (changed !== undefined) tell(changed, atMs);
    if (score.lastColour === 'GREEN' || this.recovering.has(score)) return;
    this.recovering.add(score);
    this.timeline.at(atMs + JUDGED_AGAIN_AFTER_MS, (laterMs) => {
      this.recovering.delete(score);
      this.judge(score, tell, laterMs);
    });
  }
}
