import { topics, type ConsentChanged } from '@daybreak/contracts';
import type { Received, Rejection } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TakeStates } from '../intake/take-states.js';

@Controller()
export class ConsentChangedConsumer {
  constructor(private readonly take: TakeStates) {}

  @EventPattern<string>(topics.consentChanged.name)
  handle(@Payload() received: readonly Received<ConsentChanged>[]): Promise<readonly Rejection[]> {
    return this.take.consent(received);
  }
}
