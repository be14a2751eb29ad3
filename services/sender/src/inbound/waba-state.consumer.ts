import { topics, WabaMode, type WabaState } from '@daybreak/contracts';
import type { Received } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TakeStates } from '../states/take-states.js';
import type { WabaStateRow } from '../store/states.repository.js';

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

/** A mode that this release does not know is the worst one. */
const MODE: Readonly<Partial<Record<WabaMode, WabaStateRow['mode']>>> = {
  [WabaMode.ACTIVE]: 'active',
  [WabaMode.RESTRICTED]: 'restricted',
};

const toRow = (event: WabaState): WabaStateRow => ({
  wabaId: event.wabaId,
  businessPortfolioId: event.businessPortfolioId,
  mode: MODE[event.mode] ?? 'halted',
  reason: event.reason,
  portfolioLimit: Number(event.portfolioMessagingLimit),
  version: Number(event.version),
});
