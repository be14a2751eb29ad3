import { timestampMs } from '@bufbuild/protobuf/wkt';
import { topics, type InboundReceived } from '@daybreak/contracts';
import type { Received } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TakeInbound } from '../states/take-inbound.js';

/** How much people write to each number; not what. */
@Controller()
export class InboundReceivedConsumer {
  constructor(private readonly take: TakeInbound) {}

  @EventPattern<string>(topics.inboundReceived.name)
  async handle(@Payload() received: readonly Received<InboundReceived>[]): Promise<void> {
    await this.take.all(
      received.flatMap(({ event }) =>
        event?.receivedAt ? { phoneNumberId: event.phoneNumberId, receivedAtMs: timestampMs(event.receivedAt) } : [],
      ),
    );
  }
}
