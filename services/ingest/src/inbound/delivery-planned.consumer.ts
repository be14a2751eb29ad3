import { timestampMs } from '@bufbuild/protobuf/wkt';
import { topics, type DeliveryPlanned } from '@daybreak/contracts';
import type { Received } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { AnswerTaps } from '../taps/answer-taps.js';

/** Plans in: which pack a recipient will be tapping for. */
@Controller()
export class DeliveryPlannedConsumer {
  constructor(private readonly taps: AnswerTaps) {}

  @EventPattern<string>(topics.deliveryPlanned.name)
  async handle(@Payload() received: readonly Received<DeliveryPlanned>[]): Promise<void> {
    await this.taps.remember(
      received.flatMap(({ event }) =>
        event?.dueAt === undefined
          ? []
          : [
              {
                recipientId: event.recipientId,
                contentPackId: event.contentPackId,
                deliveryId: event.deliveryId,
                dueAtMs: timestampMs(event.dueAt),
              },
            ],
      ),
    );
  }
}
