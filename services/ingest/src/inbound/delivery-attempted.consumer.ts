import { timestampMs } from '@bufbuild/protobuf/wkt';
import { AttemptOutcome, topics, type DeliveryAttempted } from '@daybreak/contracts';
import type { Received } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { StatusTally } from '../completeness/status-tally.js';

/** What was accepted ought to get a status. Held messages may wait for theirs, and are not counted. */
@Controller()
export class DeliveryAttemptedConsumer {
  constructor(private readonly tally: StatusTally) {}

  @EventPattern<string>(topics.deliveryAttempted.name)
  async handle(@Payload() received: readonly Received<DeliveryAttempted>[]): Promise<void> {
    for (const { event } of received) {
      const acceptedAt = event?.outcome === AttemptOutcome.ACCEPTED ? (event.finishedAt ?? event.startedAt) : undefined;
      if (event !== undefined && acceptedAt !== undefined) this.tally.expect(event.wabaId, timestampMs(acceptedAt));
    }
  }
}
