import { topics, type ContentPackWithdrawn } from '@daybreak/contracts';
import type { Received } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TakeContentPacks } from '../intake/take-content-packs.js';

@Controller()
export class ContentPackWithdrawnConsumer {
  constructor(private readonly take: TakeContentPacks) {}

  @EventPattern<string>(topics.contentPackWithdrawn.name)
  handle(@Payload() received: readonly Received<ContentPackWithdrawn>[]): Promise<void> {
    return this.take.withdraw(received);
  }
}
