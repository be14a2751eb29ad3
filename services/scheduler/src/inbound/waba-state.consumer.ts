import { topics, type WabaState } from '@daybreak/contracts';
import type { Received, Rejection } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TakeStates } from '../intake/take-states.js';

@Controller()
export class WabaStateConsumer {
  constructor(private readonly take: TakeStates) {}

  @EventPattern<string>(topics.wabaState.name)
  handle(@Payload() received: readonly Received<WabaState>[]): Promise<readonly Rejection[]> {
    return this.take.wabas(received);
  }
}
