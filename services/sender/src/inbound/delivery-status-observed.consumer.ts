import { timestampMs } from '@bufbuild/protobuf/wkt';
import { ObservedStatus, ReferenceKind, topics, type DeliveryStatusObserved } from '@daybreak/contracts';
import type { Received } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { ObserveStatuses, type Proof } from '../delivery/observe-statuses.js';

/** Whatever Meta says of a message, it first of all says that it has it. */
@Controller()
export class DeliveryStatusObservedConsumer {
  constructor(private readonly observe: ObserveStatuses) {}

  @EventPattern<string>(topics.deliveryStatusObserved.name)
  async handle(@Payload() received: readonly Received<DeliveryStatusObserved>[]): Promise<void> {
    await this.observe.all(received.flatMap(({ event }) => (event ? proofOf(event) : [])));
  }
}

const KIND: Readonly<Partial<Record<ReferenceKind, Proof['kind']>>> = {
  [ReferenceKind.DELIVERY]: 'delivery',
  [ReferenceKind.REPLY]: 'reply',
  [ReferenceKind.TEST]: 'reply', // lies among the replies
};

function proofOf(event: DeliveryStatusObserved): Proof | [] {
  const kind = KIND[event.referenceKind];
  const id = kind === 'reply' ? event.replyId : event.deliveryId;
  if (kind === undefined || id === '') return [];
  return {
    kind,
    runId: event.runId,
    deliveryId: id,
    attempt: event.attempt,
    wamidHash: event.wamidHash,
    observedAtMs: event.observedAt ? timestampMs(event.observedAt) : 0,
    errorCode: event.status === ObservedStatus.FAILED ? event.errorCode : 0,
  };
}
