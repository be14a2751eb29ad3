import { topics, type WabaState } from '@daybreak/contracts';
import type { Received } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { WatchTemplates } from '../templates/watch-templates.js';

/** WABAs in: whose templates are watched. */
@Controller()
export class WabaStateConsumer {
  constructor(private readonly templates: WatchTemplates) {}

  @EventPattern<string>(topics.wabaState.name)
  async handle(@Payload() received: readonly Received<WabaState>[]): Promise<void> {
    await this.templates.takeWabas(received.map(({ key, event }) => ({ wabaId: key, version: event?.version })));
  }
}
