import {
  topics,
  type DeliveryAttempted,
  type DeliveryMoved,
  type DeliveryPlanned,
  type DeliverySettled,
  type DeliveryStatusObserved,
} from '@daybreak/contracts';
import type { Received, Rejection } from '@daybreak/event-bus';
import { invalid } from '@daybreak/kernel';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { FoldDeliveries } from '../delivery/fold-deliveries.js';
import type { Observed } from '../delivery/observed.js';
import {
  observedOfAttempted,
  observedOfMoved,
  observedOfPlanned,
  observedOfSettled,
  observedOfStatus,
  type Arrived,
  type UnreferencedStatus,
} from '../delivery/observed.mapper.js';
import { TrackStatuses } from '../delivery/track-statuses.js';
import { FollowRuns } from '../run/follow-runs.js';
import { mapEach } from './events-of.js';

/** What happens to deliveries. Five topics, one fold. */
@Controller()
export class DeliveryConsumer {
  constructor(
    private readonly fold: FoldDeliveries,
    private readonly statuses: TrackStatuses,
    private readonly follow: FollowRuns,
  ) {}

  @EventPattern<string>(topics.deliveryPlanned.name)
  async planned(@Payload() received: readonly Received<DeliveryPlanned>[]): Promise<readonly Rejection[]> {
    const isOther = await this.follow.otherPlans(received.flatMap(({ event }) => event ?? []));
    return this.folded(received, (arrived) => {
      if (isOther(arrived.event)) throw invalid({ field: 'plan_hash', reason: 'is not that of the plan that the run is bound to' });
      return observedOfPlanned(arrived);
    });
  }

  @EventPattern<string>(topics.deliveryAttempted.name)
  attempted(@Payload() received: readonly Received<DeliveryAttempted>[]): Promise<readonly Rejection[]> {
    return this.folded(received, observedOfAttempted);
  }

  @EventPattern<string>(topics.deliverySettled.name)
  settled(@Payload() received: readonly Received<DeliverySettled>[]): Promise<readonly Rejection[]> {
    return this.folded(received, observedOfSettled);
  }

  @EventPattern<string>(topics.deliveryMoved.name)
  moved(@Payload() received: readonly Received<DeliveryMoved>[]): Promise<readonly Rejection[]> {
    return this.folded(received, observedOfMoved);
  }

  @EventPattern<string>(topics.deliveryStatusObserved.name)
  async statusObserved(@Payload() received: readonly Received<DeliveryStatusObserved>[]): Promise<readonly Rejection[]> {
    const { mapped, rejections } = mapEach(received, observedOfStatus);
    const referenced = mapped.filter((status): status is Observed => status !== undefined && 'deliveryId' in status);
    const unreferenced = mapped.filter((status): status is UnreferencedStatus => status !== undefined && !('deliveryId' in status));
    await this.statuses.all(referenced, unreferenced);
    return rejections;
  }

  private async folded<E>(received: readonly Received<E>[], map: (arrived: Arrived<E>) => Observed): Promise<readonly Rejection[]> {
    const { mapped, rejections } = mapEach(received, map);
    await this.fold.all(mapped);
    return rejections;
  }
}
