import { topics, type DeliveryPlanned } from '@daybreak/contracts';
import type { Received, Rejection } from '@daybreak/event-bus';
import { invalid, isAppError } from '@daybreak/kernel';
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
    const planned = new Map<PlannedDelivery, Received<DeliveryPlanned>>();
    const rejected: Rejection[] = [];
    for (const one of received) {
      if (one.event === undefined) continue; // facts have no tombstones
      try {
        planned.set(toPlannedDelivery(one.event), one);
      } catch (error) {
        if (!isAppError(error)) throw error;
        rejected.push({ received: one, error });
      }
    }
    for (const stranger of await this.stage.all([...planned.keys()])) {
      const one = planned.get(stranger);
      if (one)
        rejected.push({
          received: one,
          error: invalid({ field: 'plan_hash', reason: 'is not that of the plan that the run is bound to' }),
        });
    }
    return rejected;
  }
}
