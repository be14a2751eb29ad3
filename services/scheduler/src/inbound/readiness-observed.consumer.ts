import { topics, type ReadinessObserved } from '@daybreak/contracts';
import type { Received, Rejection } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TakeStates } from '../intake/take-states.js';

@Controller()
export class ReadinessObservedConsumer {
  constructor(private readonly take: TakeStates) {}

  @EventPattern<string>(topics.readinessObserved.name)
  handle(@Payload() received: readonly Received<ReadinessObserved>[]): Promise<readonly Rejection[]> {
    return this.take.facts(received);
  }
}
