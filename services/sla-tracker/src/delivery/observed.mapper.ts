import { fromBinary, toBinary, type Message } from '@bufbuild/protobuf';
import { timestampMs, type Timestamp } from '@bufbuild/protobuf/wkt';
import {
  AttemptOutcome,
  ObservedStatus,
  ReferenceKind,
  SettledOutcome as WireSettled,
  topics,
  type DeliveryAttempted,
  type DeliveryMoved,
  type DeliveryPlanned,
  type DeliverySettled,
  type DeliveryStatusObserved,
  type Topic,
} from '@daybreak/contracts';
import { invalid } from '@daybreak/kernel';
import type { Observation, PostOutcome, SettledOutcome, StatusSeen } from './observation.js';
import { runDateOf, type Observed, type RawEvent } from './observed.js';

/** An event of one delivery as it came off the bus. */
export interface Arrived<T> {
  readonly eventId: string;
  readonly event: T;
}

/** A status that carries no reference of ours: whose it is, the wamid's hash may tell. */
export interface UnreferencedStatus {
  readonly statusKey: string;
  readonly wamidHash: string;
  readonly event: DeliveryStatusObserved;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function observedOfPlanned({ event }: Arrived<DeliveryPlanned>): Observed {
  // The event itself is not kept: it carries the sealed address and the recipient's parameters.
  return {
    ...whose(event),
    observation: {
      kind: 'planned',
      recipientId: required('recipient_id', event.recipientId),
      shardId: required('shard_id', event.shardId),
      language: event.language,
      contentPackId: event.contentPackId,
      fallback: event.fallback,
      dueAt: instantOf('due_at', event.dueAt),
    },
  };
}

const POST_OUTCOME: Readonly<Record<AttemptOutcome, PostOutcome | undefined>> = {
  [AttemptOutcome.UNSPECIFIED]: undefined,
  [AttemptOutcome.ACCEPTED]: 'accepted',
  [AttemptOutcome.HELD]: 'held',
  [AttemptOutcome.REJECTED]: 'rejected',
  [AttemptOutcome.AMBIGUOUS]: 'ambiguous',
  [AttemptOutcome.NOT_SENT]: 'not_sent',
};

export function observedOfAttempted({ eventId, event }: Arrived<DeliveryAttempted>): Observed {
  return { ...whose(event), observation: attemptedOf(event), raw: rawOf(topics.deliveryAttempted, eventId, event) };
}

const attemptedOf = (event: DeliveryAttempted): Observation => ({
  kind: 'attempted',
  ...postOf(event),
  outcome: known('outcome', POST_OUTCOME[event.outcome]),
  shardId: event.shardId,
  phoneNumberId: event.phoneNumberId,
  startedAt: instantOf('started_at', event.startedAt),
  finishedAt: event.finishedAt && timestampMs(event.finishedAt),
  wamidHash: event.wamidHash || undefined,
  errorCode: event.errorCode || undefined,
});

const SETTLED_OUTCOME: Readonly<Record<WireSettled, SettledOutcome | undefined>> = {
  [WireSettled.UNSPECIFIED]: undefined,
  [WireSettled.ACCEPTED]: 'accepted',
  [WireSettled.FAILED]: 'failed',
  [WireSettled.SUPPRESSED]: 'suppressed',
  [WireSettled.EXPIRED]: 'expired',
};

export function observedOfSettled({ eventId, event }: Arrived<DeliverySettled>): Observed {
  return { ...whose(event), observation: settledOf(event), raw: rawOf(topics.deliverySettled, eventId, event) };
}

const settledOf = (event: DeliverySettled): Observation => ({
  kind: 'settled',
  outcome: known('outcome', SETTLED_OUTCOME[event.outcome]),
  reason: event.reason || undefined,
  errorCode: event.errorCode || undefined,
  acceptedStartedAt: event.acceptedStartedAt && timestampMs(event.acceptedStartedAt),
  settledAt: instantOf('settled_at', event.settledAt),
});

export function observedOfMoved({ eventId, event }: Arrived<DeliveryMoved>): Observed {
  return { ...whose(event), observation: movedOf(event), raw: rawOf(topics.deliveryMoved, eventId, event) };
}

const movedOf = (event: DeliveryMoved): Observation => ({
  kind: 'moved',
  toShardId: required('to_shard_id', event.toShardId),
  reason: event.reason,
  movedAt: instantOf('moved_at', event.movedAt),
});

const STATUS: Readonly<Record<ObservedStatus, StatusSeen['status'] | undefined>> = {
  [ObservedStatus.UNSPECIFIED]: undefined,
  [ObservedStatus.SENT]: 'sent',
  [ObservedStatus.DELIVERED]: 'delivered',
  [ObservedStatus.READ]: 'read',
  [ObservedStatus.FAILED]: 'failed',
};

/** Nothing for the messages that are no deliveries: replies, warm-ups, canaries, tests. */
export function observedOfStatus({ event }: Pick<Arrived<DeliveryStatusObserved>, 'event'>): Observed | UnreferencedStatus | undefined {
  if (event.referenceKind === ReferenceKind.DELIVERY) {
    return { ...whose(event), observation: statusOf(event), raw: rawOf(topics.deliveryStatusObserved, statusKeyOf(event), event) };
  }
  if (event.referenceKind !== ReferenceKind.UNSPECIFIED || event.wamidHash === '') return undefined;
  if (STATUS[event.status] !== undefined) stampOf(event); // what could never be folded is refused now, not when its message is known
  return { statusKey: statusKeyOf(event), wamidHash: event.wamidHash, event };
}

/** What a status says of a message: Meta repeats webhooks, and a repetition is the same statement under another event id. */
export function statusKeyOf(event: DeliveryStatusObserved): string {
  const message = event.wamidHash || `${event.attempt}.${event.epoch}`;
  const word = STATUS[event.status] ?? event.rawStatus;
  return [message, word, event.occurredAt?.seconds ?? '', event.errorCode].join('/');
}

function statusOf(event: DeliveryStatusObserved): Observation | undefined {
  const status = STATUS[event.status];
  return (
    status && {
      kind: 'status',
      ...postOf(event),
      status,
      occurredAt: stampOf(event),
      wamidHash: event.wamidHash || undefined,
      phoneNumberId: event.phoneNumberId || undefined,
      errorCode: event.errorCode || undefined,
    }
  );
}

/** Meta's stamp, epoch ms. */
export const stampOf = (event: DeliveryStatusObserved): number => instantOf('occurred_at', event.occurredAt);

export const encodeStatus = (event: DeliveryStatusObserved): Uint8Array => toBinary(topics.deliveryStatusObserved.schema, event);
export const decodeStatus = (payload: Uint8Array): DeliveryStatusObserved => fromBinary(topics.deliveryStatusObserved.schema, payload);

/** What a kept event said. Undefined for a word that was not known when it came, and is not now. */
export function observationOf({ topic, payload }: Pick<RawEvent, 'topic' | 'payload'>): Observation | undefined {
  switch (topic) {
    case topics.deliveryAttempted.name:
      return attemptedOf(fromBinary(topics.deliveryAttempted.schema, payload));
    case topics.deliverySettled.name:
      return settledOf(fromBinary(topics.deliverySettled.schema, payload));
    case topics.deliveryMoved.name:
      return movedOf(fromBinary(topics.deliveryMoved.schema, payload));
    case topics.deliveryStatusObserved.name:
      return statusOf(decodeStatus(payload));
    default:
      return undefined;
  }
}

function whose(event: { readonly deliveryId: string; readonly runId: string }): Pick<Observed, 'deliveryId' | 'runId'> {
  if (!UUID.test(event.deliveryId)) throw invalid({ field: 'delivery_id', reason: 'not a lower-case UUID' });
  if (runDateOf(event.runId) === undefined) throw invalid({ field: 'run_id', reason: 'not <tenant>-<yyyymmdd>-<window>' });
  return { deliveryId: event.deliveryId, runId: event.runId };
}

const MAX_ATTEMPT = 999; // as in the reference

function postOf(event: { readonly attempt: number; readonly epoch: bigint }): { attempt: number; epoch: number } {
  if (event.attempt < 1 || event.attempt > MAX_ATTEMPT) throw invalid({ field: 'attempt', reason: `not 1-${MAX_ATTEMPT}` });
  return { attempt: event.attempt, epoch: Number(event.epoch) };
}

function instantOf(field: string, timestamp: Timestamp | undefined): number {
  if (timestamp === undefined) throw invalid({ field, reason: 'is required' });
  return timestampMs(timestamp);
}

function required(field: string, text: string): string {
  if (text === '') throw invalid({ field, reason: 'is required' });
  return text;
}

function known<T>(field: string, value: T | undefined): T {
  if (value === undefined) throw invalid({ field, reason: 'is not a known value' });
  return value;
}

const rawOf = <T extends Message>(topic: Topic<T>, eventId: string, event: T): RawEvent => ({
  eventId,
  topic: topic.name,
  payload: toBinary(topic.schema, event),
});
