import { topics, type DeliveryStatusObserved } from '@daybreak/contracts';
import type { Received } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TakeUserCaps } from '../intake/take-user-caps.js';

@Controller()
export class DeliveryStatusObservedConsumer {
  constructor(private readonly caps: TakeUserCaps) {}

  @EventPattern<string>(topics.deliveryStatusObserved.name)
  handle(@Payload() received: readonly Received<DeliveryStatusObserved>[]): Promise<void> {
    return this.caps.take(received);
  }
}
