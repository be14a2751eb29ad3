import { timestampMs } from '@bufbuild/protobuf/wkt';
import { topics, type TemplateState } from '@daybreak/contracts';
import type { Received } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TakeStates } from '../states/take-states.js';

/** Whether Meta takes a template again: what closes its breaker. */
@Controller()
export class TemplateStateConsumer {
  constructor(private readonly states: TakeStates) {}

  @EventPattern<string>(topics.templateState.name)
  async handle(@Payload() received: readonly Received<TemplateState>[]): Promise<void> {
    await this.states.templates(
      received.flatMap(({ event }) =>
        event
          ? {
              family: event.family,
              language: event.language,
              templateVersion: event.templateVersion,
              name: event.name,
              wabas: event.wabas.map(({ wabaId, status }) => ({ wabaId, status })),
              version: Number(event.version),
              changedAtMs: event.changedAt ? timestampMs(event.changedAt) : 0,
            }
          : [],
      ),
    );
  }
}
