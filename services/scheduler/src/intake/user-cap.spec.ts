import { describe, expect, it } from '@jest/globals';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { ObservedStatus, ReferenceKind } from '@daybreak/contracts';
import { aDeliveryPlanned, aDeliveryStatusObserved } from '@daybreak/testing';
import { userCapOf } from './user-cap.js';

const STAMP_MS = Date.parse('2026-11-22T06:01:30+05:30');
const DAY_MS = 86_400_000;
const delivery = aDeliveryPlanned();
const failed = {
  referenceKind: ReferenceKind.DELIVERY,
  status: ObservedStatus.FAILED,
  errorCode: 131049,
  occurredAt: timestampFromMs(STAMP_MS),
};

describe(userCapOf.name, () => {
  it('lasts a day from the instant at which Meta gave the message up', () => {
    expect(userCapOf(aDeliveryStatusObserved(delivery, failed))).toEqual({
      runId: delivery.runId,
      deliveryId: delivery.deliveryId,
      untilMs: STAMP_MS + DAY_MS,
    });
  });

  it.each<[string, Partial<typeof failed>]>([
    ['a message that failed for another reason', { errorCode: 131026 }],
    ['a message that was delivered', { status: ObservedStatus.DELIVERED, errorCode: 0 }],
    ['a message that was no delivery', { referenceKind: ReferenceKind.REPLY }],
  ])('is not read from %s', (_, over) => {
    expect(userCapOf(aDeliveryStatusObserved(delivery, { ...failed, ...over }))).toBeUndefined();
  });
});
