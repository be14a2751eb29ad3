import { CLOCK } from '@daybreak/config';
import type { DeliveryStatusObserved } from '@daybreak/contracts';
import type { Received } from '@daybreak/event-bus';
import type { Clock } from '@daybreak/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { UserCapRepository } from '../store/user-cap.repository.js';
import { userCapOf } from './user-cap.js';

/** Of all that Meta says of messages, a plan needs to know who must be left alone for a day. */
@Injectable()
export class TakeUserCaps {
  constructor(
    private readonly caps: UserCapRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async take(received: readonly Received<DeliveryStatusObserved>[]): Promise<void> {
    const nowMs = this.clock.nowMs();
    const caps = received.flatMap(({ event }) => (event && userCapOf(event)) ?? []);
    await this.caps.keep(caps.filter(({ untilMs }) => untilMs > nowMs)); // statuses come up to a week late
  }
}
