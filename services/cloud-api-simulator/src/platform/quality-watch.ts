import type { PhoneNumber } from './accounts.js';
import type { Message } from './message.js';
import type { QualityColour, QualityScore } from './quality.js';
import type { Template } from './template.js';

/** Hears what people do, keeps the scores of numbers and templates, and says when a colour changes. */
export class QualityWatch {
  private readonly lastColour = new WeakMap<QualityScore, QualityColour>();

  /** @param onTemplateColour a template's colour changed: pauses and webhooks follow */
  constructor(private readonly onTemplateColour: (template: Template, colour: QualityColour, atMs: number) => void) {}

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

  private each(message: Message, change: (score: QualityScore) => void, atMs: number): void {
    change(message.number.quality);
    this.rate(message.number, atMs);
    if (message.template === undefined) return;
    change(message.template.quality);
    const colour = this.changed(message.template.quality, atMs);
    if (colour !== undefined) this.onTemplateColour(message.template, colour, atMs);
  }

  private rate(number: PhoneNumber, atMs: number): void {
    number.qualityRating = this.changed(number.quality, atMs) ?? number.qualityRating;
  }

  /** The new colour when it is another than last time: one that was set by hand stays until people change it. */
  private changed(score: QualityScore, atMs: number): QualityColour | undefined {
    const colour = score.colourAt(atMs);
    const before = this.lastColour.get(score) ?? 'GREEN';
    this.lastColour.set(score, colour);
    return colour === before ? undefined : colour;
  }
}
