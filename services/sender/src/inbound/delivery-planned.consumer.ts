import { topics, type DeliveryPlanned } from '@daybreak/contracts';
import type { Received, Rejection } from '@daybreak/event-bus';
import { isAppError } from '@daybreak/kernel';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { StageDeliveries, type PlannedDelivery } from '../delivery/stage-deliveries.js';
import { toPlannedDelivery } from './delivery-planned.mapper.js';

/** Kafka in, delivery rows out. Nothing is decided here. */
@Controller()
export class DeliveryPlannedConsumer {
  constructor(private readonly stage: StageDeliveries) {}

  @EventPattern<string>(topics.deliveryPlanned.name)
  async handle(@Payload() received: readonly Received<DeliveryPlanned>[]): Promise<readonly Rejection[]> {
    const planned: PlannedDelivery[] = [];
    const rejected: Rejection[] = [];
    for (const one of received) {
      if (one.event === undefined) continue; // facts have no tombstones
      try {
        planned.push(toPlannedDelivery(one.event));
      } catch (error) {
        if (!isAppError(error)) throw error;
        rejected.push({ received: one, error });
      }
    }
    await this.stage.all(planned);
    return rejected;
  }
}
