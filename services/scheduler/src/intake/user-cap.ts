import { timestampMs } from '@bufbuild/protobuf/wkt';
import { errorMeaning } from '@daybreak/cloud-api';
import { ObservedStatus, ReferenceKind, type DeliveryStatusObserved } from '@daybreak/contracts';

/** Meta judged that whoever a delivery went to gets enough marketing for now. */
export interface UserCap {
  readonly runId: string;
  readonly deliveryId: string;
  /** From when on they may be written to again, epoch ms: Meta's stamp and what the error table says. */
  readonly untilMs: number;
}

/** The cap that a status tells of; undefined for all others. What is wrong with a status is for its other readers to say. */
export function userCapOf(event: DeliveryStatusObserved): UserCap | undefined {
  const { runId, deliveryId, occurredAt } = event;
  const isFailure = event.referenceKind === ReferenceKind.DELIVERY && event.status === ObservedStatus.FAILED;
  if (!isFailure || runId === '' || occurredAt === undefined) return undefined;
  const { fault, retry } = errorMeaning(event.errorCode, null, 'async');
  return fault === 'user-cap' && retry.kind === 'defer'
    ? { runId, deliveryId, untilMs: timestampMs(occurredAt) + retry.delayMs }
    : undefined;
}
