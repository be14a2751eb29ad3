import { topics, type RecipientUpserted } from '@daybreak/contracts';
import type { Received, Rejection } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TakeRecipients } from '../intake/take-recipients.js';

@Controller()
export class RecipientUpsertedConsumer {
  constructor(private readonly take: TakeRecipients) {}

  @EventPattern<string>(topics.recipientUpserted.name)
  handle(@Payload() received: readonly Received<RecipientUpserted>[]): Promise<readonly Rejection[]> {
    return this.take.all(received);
  }
}
