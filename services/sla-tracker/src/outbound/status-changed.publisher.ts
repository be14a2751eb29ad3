import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { CLOCK } from '@daybreak/config';
import { DeliveryStatusChangedSchema, PublicStatus as WireStatus, topics, type DeliveryStatusChanged } from '@daybreak/contracts';
import type { Sql } from '@daybreak/database';
import type { PublicStatus } from '@daybreak/delivery';
import { Outbox } from '@daybreak/event-bus';
import type { Clock } from '@daybreak/kernel';
import { Inject, Injectable } from '@nestjs/common';
import type { DeliveryStanding } from '../delivery/delivery-standing.js';

/** A delivery whose public word is another one now. The plan has named its recipient: else nobody outside could tell whose word it is. */
export interface StatusChange {
  readonly deliveryId: string;
  readonly runId: string;
  readonly recipientId: string;
  readonly standing: DeliveryStanding;
}

const WIRE: Readonly<Record<PublicStatus, WireStatus>> = {
  queued: WireStatus.QUEUED,
  throttled: WireStatus.THROTTLED,
  sent: WireStatus.SENT,
  delivered: WireStatus.DELIVERED,
  read: WireStatus.READ,
  failed: WireStatus.FAILED,
};

/** Tells the outside, in six words. */
@Injectable()
export class StatusChangedPublisher {
  constructor(
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async publish(tx: Sql, changes: readonly StatusChange[]): Promise<void> {
    const nowMs = this.clock.nowMs();
    await this.outbox.add(
      tx,
      topics.deliveryStatusChanged,
      changes.map((change) => statusChangedOf(change, nowMs)),
    );
  }
}

export const statusChangedOf = ({ deliveryId, runId, recipientId, standing }: StatusChange, nowMs: number): DeliveryStatusChanged =>
  create(DeliveryStatusChangedSchema, {
    deliveryId,
    runId,
    recipientId,
    status: WIRE[standing.publicStatus],
    at: timestampFromMs(Math.floor(instantOf(standing) ?? nowMs)),
    messageId: standing.wamidHash ?? '',
    errorCode: standing.publicStatus === 'failed' ? (standing.errorCode ?? 0) : 0,
    reason: standing.publicStatus === 'failed' ? (standing.reason ?? '') : '',
  });

/** When it became so: by Meta's stamp where the word is Meta's, by the sender's where it ended the delivery. */
function instantOf(standing: DeliveryStanding): number | undefined {
  switch (standing.publicStatus) {
    case 'sent':
      return standing.sentAt;
    case 'delivered':
      return standing.deliveredAt;
    case 'read':
      return standing.readAt;
    case 'failed':
      return standing.failedAt ?? standing.settledAt;
    case 'queued':
    case 'throttled':
      return undefined;
  }
}
