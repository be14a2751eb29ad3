import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { scrub } from '@daybreak/privacy';
import type { StatusEvent } from '@daybreak/cloud-api';
import { ObservedStatus, ReferenceKind, type DeliveryStatusObserved } from '@daybreak/contracts';
import { parseReference, type ReferenceKind as ReferenceLetter } from '@daybreak/delivery';
import type { PersonalData } from '../people/personal-data.js';

const STATUS: Readonly<Record<string, ObservedStatus>> = {
  sent: ObservedStatus.SENT,
  delivered: ObservedStatus.DELIVERED,
  read: ObservedStatus.READ,
  failed: ObservedStatus.FAILED,
};

const KIND: Readonly<Record<ReferenceLetter, ReferenceKind>> = {
  d: ReferenceKind.DELIVERY,
  r: ReferenceKind.REPLY,
  w: ReferenceKind.WARM_UP,
  c: ReferenceKind.CANARY,
  t: ReferenceKind.TEST,
};

/** Meta has no codes beyond; if it ever does, it still was an error. */
const asInt32 = (code: number): number => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, code));

/**
 * The reference that came back with the status says whose it is, so that no database is asked. Written out in full, which the compiler checks:
 * `create` walks the schema once more for every status, and is a tenth of what the edge spends on one.
 */
export function toStatusObserved(status: StatusEvent, personal: PersonalData, observedAtMs: number): DeliveryStatusObserved {
  const reference = parseReference(status.reference ?? undefined);
  const known = STATUS[status.status];
  const occurredAtMs = status.occurredAtMs ?? status.entryAtMs;
  return {
    $typeName: 'daybreak.delivery.v1.DeliveryStatusObserved',
    deliveryId: reference?.kind === 'd' ? reference.deliveryId : '',
    runId: reference?.runId ?? '',
    attempt: reference?.attempt ?? 0,
    epoch: BigInt(reference?.epoch ?? 0),
    referenceKind: reference === undefined ? ReferenceKind.UNSPECIFIED : KIND[reference.kind],
    wamidHash: personal.wamidHashOf(status.wamid),
    status: known ?? ObservedStatus.UNSPECIFIED,
    ...(occurredAtMs === null ? {} : { occurredAt: timestampFromMs(occurredAtMs) }),
    observedAt: timestampFromMs(observedAtMs),
    errorCode: asInt32(status.errors[0]?.code ?? 0),
    phoneNumberId: status.phoneNumberId ?? '',
    wabaId: status.wabaId ?? '',
    pricingCategory: status.pricingCategory ?? '',
    billable: status.billable ?? false,
    addressKey: reference === undefined ? personal.addressKeyOf(status.recipientWaId) : '',
    replyId: reference?.kind === 'r' || reference?.kind === 't' ? reference.deliveryId : '',
    rawStatus: known === undefined ? scrub(status.status) : '',
  };
}
