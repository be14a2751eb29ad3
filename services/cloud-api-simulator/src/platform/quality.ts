import type { LiveSettings } from '../settings/settings.js';

export type QualityColour = 'GREEN' | 'YELLOW' | 'RED' | 'UNKNOWN';

const MESSAGES = 1_000; // thresholds are per so many delivered messages
const FEWEST_JUDGED = 50; // with fewer messages behind it, one block would decide

/**
 * What people make of a number's or a template's messages: blocks and unread messages hurt, reads heal, and all of it fades.
 * Meta publishes neither the signals nor the weights; the shape (weighted, recent, able to recover) is what is simulated.
 */
export class QualityScore {
  private hurt = 0;
  private delivered = 0;
  private fadedAtMs = 0;
  private judged: QualityColour = 'GREEN';

  constructor(private readonly settings: () => LiveSettings['quality']) {}

  onDelivered(atMs: number): void {
    this.fade(atMs);
    this.delivered += 1;
  }

  onUnread(atMs: number): void {
    this.add(this.settings().unreadHurts, atMs);
  }

  onRead(atMs: number): void {
    this.add(-this.settings().readHeals, atMs);
  }

  onBlock(atMs: number): void {
    this.add(this.settings().blockHurts, atMs);
  }

  /** Hurt for each 1 000 delivered messages, both faded. */
  valueAt(atMs: number): number {
    this.fade(atMs);
    return (this.hurt * MESSAGES) / Math.max(this.delivered, FEWEST_JUDGED);
  }

  colourAt(atMs: number): QualityColour {
    const { yellowAt, redAt } = this.settings();
    const value = this.valueAt(atMs);
    return value >= redAt ? 'RED' : value >= yellowAt ? 'YELLOW' : 'GREEN';
  }

  /** The new colour, when it is another than at the last judgement: a rating set by hand stays until the score itself changes colour. */
  changedColourAt(atMs: number): QualityColour | undefined {
    const before = this.judged;
    this.judged = this.colourAt(atMs);
    return this.judged === before ? undefined : this.judged;
  }

  /** As it was judged last. */
  get lastColour(): QualityColour {
    return this.judged;
  }

  /** Starts anew: what people made of it before is forgotten. */
  forget(): void {
    this.hurt = 0;
    this.delivered = 0;
    this.judged = 'GREEN';
  }

  private add(hurt: number, atMs: number): void {
    this.fade(atMs);
    this.hurt = Math.max(0, this.hurt + hurt);
  }

  private fade(atMs: number): void {
    if (atMs <= this.fadedAtMs) return;
    const factor = this.fadedAtMs === 0 ? 1 : 0.5 ** ((atMs - this.fadedAtMs) / this.settings().halfLifeMs);
    this.hurt *= factor;
    this.delivered *= factor;
    this.fadedAtMs = atMs;
  }
}
