import { enumWord, topics, WabaMode, type WabaState } from '@daybreak/contracts';
import type { Received } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TakeStates } from '../states/take-states.js';
import type { ToldWaba } from '../states/told-states.js';

/** How many people a portfolio may reach. That an account is halted, its numbers say themselves. A tombstone: the account is gone. */
@Controller()
export class WabaStateConsumer {
  constructor(private readonly states: TakeStates) {}

  @EventPattern<string>(topics.wabaState.name)
  async handle(@Payload() received: readonly Received<WabaState>[]): Promise<void> {
    const last = [...new Map(received.map((one) => [one.key, one])).values()];
    const gone = last.filter(({ event }) => event === undefined).map(({ key }) => key);
    await this.states.wabas(last.flatMap(({ event }) => (event ? toRow(event) : [])), gone); // prettier-ignore
  }
}

/** As this release understands it. */
export const toRow = (event: WabaState): ToldWaba => ({
  wabaId: event.wabaId,
  businessPortfolioId: event.businessPortfolioId,
  mode: enumWord(WabaMode, event.mode) ?? 'halted', // a mode that this release does not know is the worst one
  reason: event.reason,
  portfolioLimit: Number(event.portfolioMessagingLimit),
  version: Number(event.version),
});
