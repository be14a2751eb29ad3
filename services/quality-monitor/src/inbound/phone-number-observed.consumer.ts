import { topics, type PhoneNumberObserved } from '@daybreak/contracts';
import type { Received } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TakeObservations } from '../numbers/take-observations.js';

/** Webhooks about numbers in. */
@Controller()
export class PhoneNumberObservedConsumer {
  constructor(private readonly observations: TakeObservations) {}

  @EventPattern<string>(topics.phoneNumberObserved.name)
  async handle(@Payload() received: readonly Received<PhoneNumberObserved>[]): Promise<void> {
    await this.observations.ofNumbers(received.flatMap(({ event }) => (event === undefined ? [] : [event])));
  }
}
