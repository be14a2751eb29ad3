import { timestampMs } from '@bufbuild/protobuf/wkt';
import { AttemptOutcome, topics, type DeliveryAttempted } from '@daybreak/contracts';
import type { Received } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TakeAttempts, type SendAttempt } from '../numbers/take-attempts.js';

/** How sends went. */
@Controller()
export class DeliveryAttemptedConsumer {
  constructor(private readonly attempts: TakeAttempts) {}

  @EventPattern<string>(topics.deliveryAttempted.name)
  async handle(@Payload() received: readonly Received<DeliveryAttempted>[]): Promise<void> {
    await this.attempts.all(received.flatMap(toSendAttempt));
  }
}

/** Nothing for an attempt that never left us: it says nothing of the number. */
function toSendAttempt({ eventId, event }: Received<DeliveryAttempted>): SendAttempt[] {
  if (event?.startedAt === undefined || event.outcome === AttemptOutcome.NOT_SENT) return [];
  const errorCode = event.outcome === AttemptOutcome.REJECTED ? event.errorCode : 0;
  return [{ eventId, phoneNumberId: event.phoneNumberId, startedAtMs: timestampMs(event.startedAt), errorCode }];
}
