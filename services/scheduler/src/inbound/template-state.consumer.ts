import { topics, type TemplateState } from '@daybreak/contracts';
import type { Received, Rejection } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TakeStates } from '../intake/take-states.js';

@Controller()
export class TemplateStateConsumer {
  constructor(private readonly take: TakeStates) {}

  @EventPattern<string>(topics.templateState.name)
  handle(@Payload() received: readonly Received<TemplateState>[]): Promise<readonly Rejection[]> {
    return this.take.templates(received);
  }
}
