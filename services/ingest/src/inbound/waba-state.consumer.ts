import { topics, type WabaState } from '@daybreak/contracts';
import type { Received } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TakeWabas } from '../subscriptions/take-wabas.js';

/** WABAs in: whose webhooks have to reach us. */
@Controller()
export class WabaStateConsumer {
  constructor(private readonly wabas: TakeWabas) {}

  @EventPattern<string>(topics.wabaState.name)
  async handle(@Payload() received: readonly Received<WabaState>[]): Promise<void> {
    await this.wabas.all(received.map(({ key, event }) => ({ wabaId: key, version: event?.version })));
  }
}
