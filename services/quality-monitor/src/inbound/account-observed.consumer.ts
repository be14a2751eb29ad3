import { timestampMs } from '@bufbuild/protobuf/wkt';
import { topics, type AccountObserved } from '@daybreak/contracts';
import type { Received } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TakeObservations, type AccountObservation } from '../numbers/take-observations.js';

/** Webhooks about WABAs and portfolios in. */
@Controller()
export class AccountObservedConsumer {
  constructor(private readonly observations: TakeObservations) {}

  @EventPattern<string>(topics.accountObserved.name)
  async handle(@Payload() received: readonly Received<AccountObserved>[]): Promise<void> {
    await this.observations.ofAccounts(received.flatMap(({ event }) => (event === undefined ? [] : [toObservation(event)])));
  }
}

const toObservation = (event: AccountObserved): AccountObservation => ({
  wabaId: event.wabaId,
  event: event.event,
  details: event.details,
  messagingLimit: Number(event.messagingLimit),
  untilMs: event.effectiveUntil === undefined ? null : timestampMs(event.effectiveUntil),
});
