import { topics, type ContentPackReady } from '@daybreak/contracts';
import type { Received, Rejection } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TakeContentPacks } from '../intake/take-content-packs.js';

@Controller()
export class ContentPackReadyConsumer {
  constructor(private readonly take: TakeContentPacks) {}

  @EventPattern<string>(topics.contentPackReady.name)
  handle(@Payload() received: readonly Received<ContentPackReady>[]): Promise<readonly Rejection[]> {
    return this.take.all(received);
  }
}
