import { throughputFromWebhook } from './fold-number.js';
import { restrictionIn } from './fold-waba.js';
import type { NumberRepository } from '../store/number.repository.js';
import type { WabaRepository } from '../store/waba.repository.js';
import type { PublishStates } from './publish-states.js';

export interface NumberObservation {
  readonly phoneNumberId: string;
  readonly displayNumberKey: string;
  readonly event: string;
  readonly qualityRating: string;
  readonly throughputMps: number;
}

export interface AccountObservation {
  readonly wabaId: string;
  readonly event: string;
  readonly details: readonly string[];
  /** -1 unlimited, 0 not said. */
  readonly messagingLimit: number;
  readonly untilMs: number | null;
}

/** What webhooks say between two readings of the platform. */
export class TakeObservations {
  constructor(
    private readonly numbers: NumberRepository,
    private readonly wabas: WabaRepository,
    private readonly states: PublishStates,
  ) {}

  async ofNumbers(observations: readonly NumberObservation[]): Promise<void> {
    for (const seen of observations) {
      const number = seen.phoneNumberId === '' ? { displayKey: seen.displayNumberKey } : { phoneNumberId: seen.phoneNumberId };
      const throughputMps = seen.throughputMps > 0 ? seen.throughputMps : throughputFromWebhook(seen.event);
      await this.numbers.note(number, { throughputMps, qualityRating: seen.qualityRating === '' ? undefined : seen.qualityRating });
    }
    await this.states.changed();
  }

  async ofAccounts(observations: readonly AccountObservation[]): Promise<void> {
    for (const { wabaId, event, details, messagingLimit, untilMs } of observations) {
      if (messagingLimit !== 0) await this.wabas.noteLimit(wabaId, messagingLimit);
      const restriction = restrictionIn(event, details);
      if (restriction === 'lifted') await this.wabas.noteRestriction(wabaId, '', null);
      else if (restriction) await this.wabas.noteRestriction(wabaId, restriction.words, untilMs === null ? null : new Date(untilMs));
    }
    await this.states.changed();
  }
}
