import { timestampMs } from '@bufbuild/protobuf/wkt';
import { InboundCommand, topics, type InboundReceived } from '@daybreak/contracts';
import type { Received } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { AnswerTaps, type Tap } from '../taps/answer-taps.js';

/** What people wrote, once the edge has it in Kafka. Orders about consent were carried out there; taps for the pack can wait for their turn here. */
@Controller()
export class InboundReceivedConsumer {
  constructor(private readonly taps: AnswerTaps) {}

  @EventPattern<string>(topics.inboundReceived.name)
  async handle(@Payload() received: readonly Received<InboundReceived>[]): Promise<void> {
    await this.taps.all(received.flatMap(({ event }) => (event?.command === InboundCommand.PACK ? (tapOf(event) ?? []) : [])));
  }
}

function tapOf({
  recipientId,
  addressKey,
  businessScopedUserId: userId,
  phoneNumberId,
  wamidHash,
  sentAt,
}: InboundReceived): Tap | undefined {
  if (sentAt === undefined) return undefined;
  return { recipientId, who: { addressKey, userId }, phoneNumberId, wamidHash, sentAtMs: timestampMs(sentAt) };
}
