import type { Clock, SeededRandom } from '@daybreak/kernel';
import type { Timeline } from '../clockwork/timeline.js';
import type { MessageJourney } from './message-journey.js';
import type { Failure, Message } from './message.js';
import type { Pacing } from './pacing.js';
import type { TemplateLife } from './template-life.js';

export interface HoldBackDeps {
  readonly clock: Clock;
  readonly timeline: Timeline;
  readonly journey: MessageJourney;
  readonly templateLife: TemplateLife;
  /** By portfolio id. */
  readonly portfolioPacing: ReadonlyMap<string, Pacing>;
}

const DROPPED_BY_TEMPLATE: Failure = { code: 132_015, details: 'Template is paused due to low quality' };
const DROPPED_BY_PORTFOLIO: Failure = {
  code: 135_000,
  details: 'Message failed to send because of an unknown error with your request parameters.',
};

/** Meta's pacing at work: messages of a paced template or portfolio wait for a verdict, and share it. */
export class HoldBack {
  constructor(private readonly deps: HoldBackDeps) {}

  /** @param letOut runs when the message goes out after all; returns whether the message is held */
  holds(message: Message, random: SeededRandom, letOut: (fromMs: number) => void): boolean {
    const { clock, timeline, journey, portfolioPacing } = this.deps;
    if (message.template === undefined) return false;
    const byPortfolio = portfolioPacing.get(message.number.waba.portfolio.id);
    const pacing = [message.template.pacing, byPortfolio].find((p) => p?.holdsNext() === true);
    if (pacing === undefined) return false;
    const failure = pacing === byPortfolio ? DROPPED_BY_PORTFOLIO : DROPPED_BY_TEMPLATE;
    const isFirst = pacing.hold((verdict) => {
      if (verdict === 'release') letOut(clock.nowMs());
      else journey.fail(message, failure, random, clock.nowMs());
    });
    if (isFirst)
      timeline.at(message.acceptedAtMs + pacing.settings.verdictAfterMs, () => this.judge(pacing, message, pacing === byPortfolio));
    return true;
  }

  /** Bad signals cost more than the held messages: a template is paused until somebody lifts it, a portfolio blocked until a review. */
  private judge(pacing: Pacing, { template, number }: Message, isPortfolio: boolean): void {
    if (pacing.verdict !== undefined) return;
    const { verdict } = pacing.settings;
    pacing.judge(verdict);
    if (verdict === 'release' || template === undefined) return;
    if (isPortfolio) number.waba.portfolio.underReview = true;
    else this.deps.templateLife.pauseForPacing(template);
  }
}
