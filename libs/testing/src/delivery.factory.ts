import { randomUUID } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import { timestampFromMs, timestampMs } from '@bufbuild/protobuf/wkt';
import {
  AttemptOutcome,
  DeliveryAttemptedSchema,
  DeliveryPlannedSchema,
  DeliverySettledSchema,
  DeliveryStatusObservedSchema,
  ObservedStatus,
  ReferenceKind,
  SettledOutcome,
  type DeliveryAttempted,
  type DeliveryPlanned,
  type DeliverySettled,
  type DeliveryStatusObserved,
} from '@daybreak/contracts';
import { deliveryIdOf, sha256Hex } from '@daybreak/kernel';
import { aPhoneNumber, testPrivacy } from './people.js';
import type { Over } from './over.js';

/** The morning that all factories are about: 2026-11-22, IST. */
export const MORNING = {
  runId: 'main-20261122-0600',
  runDate: '2026-11-22',
  freezeMs: Date.parse('2026-11-22T05:45:00+05:30'),
  opensMs: Date.parse('2026-11-22T05:59:30+05:30'),
  closesMs: Date.parse('2026-11-22T06:04:30+05:30'),
  deadlineMs: Date.parse('2026-11-22T06:05:00+05:30'),
} as const;

/** A valid planned delivery, due when the window opens. Say only what the test is about. */
export function aDeliveryPlanned(over: Over<typeof DeliveryPlannedSchema> = {}): DeliveryPlanned {
  const runId = over.runId ?? MORNING.runId;
  const recipientId = over.recipientId ?? `adv-${randomUUID().slice(0, 8)}`;
  const e164 = aPhoneNumber();
  return create(DeliveryPlannedSchema, {
    deliveryId: deliveryIdOf(runId, recipientId),
    runId,
    tenantId: 'main',
    runDate: MORNING.runDate,
    recipientId,
    shardId: 'shard-1',
    sealedAddress: testPrivacy.addresses.seal(e164, recipientId),
    addressKey: testPrivacy.addressKeys.keyOf(e164),
    template: {
      name: 'daily_pack_v1',
      language: 'en',
      bodyParameterNames: ['name', 'headline'],
      namedParameters: true,
      hasImageHeader: true,
      category: 'MARKETING',
    },
    headerMedia: { sha256: sha256Hex('image'), url: 'https://cdn.example/pack.jpg', mediaType: 'image/jpeg', sizeBytes: 20_480n },
    bodyParameters: { name: 'Asha', headline: 'Markets at a glance' },
    contentPackId: 'pack-20261122-en',
    contentHash: sha256Hex('pack-20261122-en'),
    language: 'en',
    dueAt: timestampFromMs(MORNING.opensMs),
    windowOpensAt: timestampFromMs(MORNING.opensMs),
    windowClosesAt: timestampFromMs(MORNING.closesMs),
    deadlineAt: timestampFromMs(MORNING.deadlineMs),
    planHash: sha256Hex('plan'),
    deliveryMode: 'direct',
    ...over,
  });
}

/** The accepted first POST of a delivery, half a second after its due instant. */
export function aDeliveryAttempted(planned: DeliveryPlanned, over: Over<typeof DeliveryAttemptedSchema> = {}): DeliveryAttempted {
  const startedMs = planned.dueAt === undefined ? MORNING.opensMs : timestampMs(planned.dueAt);
  return create(DeliveryAttemptedSchema, {
    deliveryId: planned.deliveryId,
    runId: planned.runId,
    recipientId: planned.recipientId,
    shardId: planned.shardId,
    phoneNumberId: '106540352242922',
    attempt: 1,
    epoch: 1n,
    outcome: AttemptOutcome.ACCEPTED,
    startedAt: timestampFromMs(startedMs),
    finishedAt: timestampFromMs(startedMs + 500),
    wamidHash: sha256Hex(planned.deliveryId).slice(0, 32),
    httpStatus: 200,
    templateName: planned.template?.name ?? '',
    templateLanguage: planned.template?.language ?? '',
    wabaId: '102290129340398',
    ...over,
  });
}

/** The accepted end of a delivery in the sender. */
export function aDeliverySettled(planned: DeliveryPlanned, over: Over<typeof DeliverySettledSchema> = {}): DeliverySettled {
  const startedAt = planned.dueAt ?? timestampFromMs(MORNING.opensMs);
  return create(DeliverySettledSchema, {
    deliveryId: planned.deliveryId,
    runId: planned.runId,
    recipientId: planned.recipientId,
    shardId: planned.shardId,
    outcome: SettledOutcome.ACCEPTED,
    attempts: 1,
    acceptedStartedAt: startedAt,
    settledAt: timestampFromMs(timestampMs(startedAt) + 500),
    wamidHash: sha256Hex(planned.deliveryId).slice(0, 32),
    evidence: 'response',
    ...over,
  });
}

/** `sent`, two seconds after the due instant, seen half a second later. */
export function aDeliveryStatusObserved(
  planned: DeliveryPlanned,
  over: Over<typeof DeliveryStatusObservedSchema> = {},
): DeliveryStatusObserved {
  const dueMs = planned.dueAt === undefined ? MORNING.opensMs : timestampMs(planned.dueAt);
  return create(DeliveryStatusObservedSchema, {
    deliveryId: planned.deliveryId,
    runId: planned.runId,
    attempt: 1,
    epoch: 1n,
    referenceKind: ReferenceKind.DELIVERY,
    wamidHash: sha256Hex(planned.deliveryId).slice(0, 32),
    status: ObservedStatus.SENT,
    occurredAt: timestampFromMs(dueMs + 2_000),
    observedAt: timestampFromMs(dueMs + 2_500),
    phoneNumberId: '106540352242922',
    wabaId: '102290129340398',
    rawStatus: '',
    ...over,
  });
}
