import { topics, type TemplateObserved } from '@daybreak/contracts';
import type { Received } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { TemplateChange } from '../templates/template-change.js';
import { WatchTemplates } from '../templates/watch-templates.js';

/** Webhooks about templates in. */
@Controller()
export class TemplateObservedConsumer {
  constructor(private readonly templates: WatchTemplates) {}

  @EventPattern<string>(topics.templateObserved.name)
  async handle(@Payload() received: readonly Received<TemplateObserved>[]): Promise<void> {
    await this.templates.takeChanges(
      received.flatMap(({ event }) => (event === undefined ? [] : [{ templateId: event.templateId, change: toChange(event) }])),
    );
  }
}

function toChange({ observation, correctCategory }: TemplateObserved): TemplateChange | 'components' {
  switch (observation.case) {
    case 'status':
      return { status: observation.value };
    case 'qualityScore':
      return { qualityScore: observation.value };
    case 'category':
      // An announcement names only what it will become.
      return { correctCategory, ...(observation.value === '' ? {} : { category: observation.value }) };
    default:
      return 'components';
  }
}
