import { ConsentChangedSchema } from './generated/daybreak/consent/v1/events_pb.js';
import {
  ContentPackReadySchema,
  ContentPackRejectedSchema,
  ContentPackWithdrawnSchema,
} from './generated/daybreak/content/v1/events_pb.js';
import {
  DeliveryAttemptedSchema,
  DeliveryMovedSchema,
  DeliveryPlannedSchema,
  DeliverySettledSchema,
  DeliveryStatusChangedSchema,
  DeliveryStatusObservedSchema,
} from './generated/daybreak/delivery/v1/events_pb.js';
import { InboundReceivedSchema } from './generated/daybreak/inbound/v1/events_pb.js';
import { AccountObservedSchema, PhoneNumberObservedSchema } from './generated/daybreak/number/v1/events_pb.js';
import { AlertRaisedSchema, AuditRecordedSchema, DeadLetterSchema } from './generated/daybreak/ops/v1/events_pb.js';
import { RecipientUpsertedSchema } from './generated/daybreak/recipient/v1/events_pb.js';
import { ReplyRequestedSchema } from './generated/daybreak/reply/v1/events_pb.js';
import { ReadinessObservedSchema, RunChangedSchema } from './generated/daybreak/run/v1/events_pb.js';
import { ShardReportedSchema, ShardStateSchema, WabaStateSchema } from './generated/daybreak/shard/v1/events_pb.js';
import { TemplateObservedSchema, TemplateStateSchema } from './generated/daybreak/template/v1/events_pb.js';
import { topic, type Topic } from './topic.js';

// Partition counts cannot shrink, nor grow without breaking the order of a key. 24 divides by 2, 3, 4, 6, 8 and 12.
const DELIVERY = { partitions: 24, cleanup: 'delete', retentionDays: 14 } as const;
const PEOPLE = { partitions: 12 } as const;
const FEW = { partitions: 6 } as const;

const CONTENT_SERVICES = 'content services';
const BACK_OFFICE = 'back office';
const ANY = 'any service';

/** Every topic of the system. What is not in here does not exist. */
export const topics = {
  contentPackReady: topic('daybreak.content-pack.ready.v1', ContentPackReadySchema, {
    key: 'content_pack_id',
    keyOf: (e) => e.contentPackId,
    ...FEW,
    cleanup: 'delete',
    retentionDays: 30,
    from: [CONTENT_SERVICES],
    to: ['scheduler', 'sender'],
  }),
  contentPackWithdrawn: topic('daybreak.content-pack.withdrawn.v1', ContentPackWithdrawnSchema, {
    key: 'content_pack_id',
    keyOf: (e) => e.contentPackId,
    ...FEW,
    cleanup: 'delete',
    retentionDays: 30,
    from: [CONTENT_SERVICES],
    to: ['scheduler', 'sender', 'sla-tracker'],
  }),
  contentPackRejected: topic('daybreak.content-pack.rejected.v1', ContentPackRejectedSchema, {
    key: 'content_pack_id',
    keyOf: (e) => e.contentPackId,
    ...FEW,
    cleanup: 'delete',
    retentionDays: 30,
    from: ['scheduler'],
    to: [CONTENT_SERVICES],
  }),
  recipientUpserted: topic('daybreak.recipient.upserted.v1', RecipientUpsertedSchema, {
    key: 'recipient_id',
    keyOf: (e) => e.recipientId,
    ...PEOPLE,
    cleanup: 'compact',
    from: [BACK_OFFICE, 'ingest'], // ingest: tombstones of people who are erased by order
    to: ['scheduler', 'ingest'],
  }),
  deliveryPlanned: topic('daybreak.delivery.planned.v1', DeliveryPlannedSchema, {
    key: 'delivery_id',
    keyOf: (e) => e.deliveryId,
    ...DELIVERY,
    from: ['scheduler'],
    to: ['sender', 'sla-tracker', 'ingest'],
  }),
  runChanged: topic('daybreak.run.changed.v1', RunChangedSchema, {
    key: 'run_id',
    keyOf: (e) => e.runId,
    ...FEW,
    cleanup: 'compact',
    from: ['scheduler'],
    to: ['sender', 'sla-tracker'],
  }),
  shardReported: topic('daybreak.shard.reported.v1', ShardReportedSchema, {
    key: 'shard_id',
    keyOf: (e) => e.shardId,
    ...FEW,
    cleanup: 'compact',
    from: ['sender'],
    to: ['scheduler', 'sla-tracker'],
  }),
  deliveryAttempted: topic('daybreak.delivery.attempted.v1', DeliveryAttemptedSchema, {
    key: 'delivery_id',
    keyOf: (e) => e.deliveryId,
    ...DELIVERY,
    from: ['sender'],
    to: ['sla-tracker', 'quality-monitor', 'ingest'],
  }),
  deliverySettled: topic('daybreak.delivery.settled.v1', DeliverySettledSchema, {
    key: 'delivery_id',
    keyOf: (e) => e.deliveryId,
    ...DELIVERY,
    from: ['sender'],
    to: ['sla-tracker'],
  }),
  deliveryMoved: topic('daybreak.delivery.moved.v1', DeliveryMovedSchema, {
    key: 'delivery_id',
    keyOf: (e) => e.deliveryId,
    ...DELIVERY,
    from: ['sender'],
    to: ['sla-tracker'],
  }),
  deliveryStatusObserved: topic('daybreak.delivery.status-observed.v1', DeliveryStatusObservedSchema, {
    key: 'delivery_id, else wamid_hash',
    keyOf: (e) => e.deliveryId || e.wamidHash,
    ...DELIVERY,
    from: ['ingest'],
    to: ['sender', 'sla-tracker', 'scheduler'],
  }),
  deliveryStatusChanged: topic('daybreak.delivery.status-changed.v1', DeliveryStatusChangedSchema, {
    key: 'delivery_id',
    keyOf: (e) => e.deliveryId,
    ...DELIVERY,
    from: ['sla-tracker'],
    to: ['outside consumers'],
  }),
  inboundReceived: topic('daybreak.inbound.received.v1', InboundReceivedSchema, {
    key: 'address_key',
    keyOf: (e) => e.addressKey || e.wamidHash,
    ...PEOPLE,
    cleanup: 'delete',
    retentionDays: 14,
    from: ['ingest'],
    to: ['ingest', 'sender'],
  }),
  consentChanged: topic('daybreak.consent.changed.v1', ConsentChangedSchema, {
    key: 'recipient_id',
    keyOf: (e) => e.recipientId,
    ...PEOPLE,
    cleanup: 'compact',
    from: ['ingest'],
    to: ['scheduler', 'sender', 'sla-tracker'],
  }),
  replyRequested: topic('daybreak.reply.requested.v1', ReplyRequestedSchema, {
    key: 'phone_number_id',
    keyOf: (e) => e.phoneNumberId,
    ...PEOPLE,
    cleanup: 'delete',
    retentionDays: 2,
    from: ['ingest'],
    to: ['sender'],
  }),
  templateObserved: topic('daybreak.template.observed.v1', TemplateObservedSchema, {
    key: 'template_id',
    keyOf: (e) => e.templateId,
    ...FEW,
    cleanup: 'delete',
    retentionDays: 30,
    from: ['ingest'],
    to: ['template-manager'],
  }),
  templateState: topic('daybreak.template.state.v1', TemplateStateSchema, {
    key: 'family/language/template_version',
    keyOf: (e) => `${e.family}/${e.language}/${e.templateVersion}`,
    ...FEW,
    cleanup: 'compact',
    from: ['template-manager'],
    to: ['scheduler', 'sender'],
  }),
  phoneNumberObserved: topic('daybreak.phone-number.observed.v1', PhoneNumberObservedSchema, {
    key: 'phone_number_id, else display_number_key',
    keyOf: (e) => e.phoneNumberId || e.displayNumberKey,
    ...FEW,
    cleanup: 'delete',
    retentionDays: 30,
    from: ['ingest'],
    to: ['quality-monitor'],
  }),
  accountObserved: topic('daybreak.account.observed.v1', AccountObservedSchema, {
    key: 'waba_id',
    keyOf: (e) => e.wabaId,
    ...FEW,
    cleanup: 'delete',
    retentionDays: 30,
    from: ['ingest'],
    to: ['quality-monitor'],
  }),
  shardState: topic('daybreak.shard.state.v1', ShardStateSchema, {
    key: 'shard_id',
    keyOf: (e) => e.shardId,
    ...FEW,
    cleanup: 'compact',
    from: ['quality-monitor'],
    to: ['scheduler', 'sender', 'sla-tracker'],
  }),
  wabaState: topic('daybreak.waba.state.v1', WabaStateSchema, {
    key: 'waba_id',
    keyOf: (e) => e.wabaId,
    ...FEW,
    cleanup: 'compact',
    from: ['quality-monitor'],
    to: ['scheduler', 'sender', 'ingest', 'template-manager'],
  }),
  readinessObserved: topic('daybreak.readiness.observed.v1', ReadinessObservedSchema, {
    key: 'check_id',
    keyOf: (e) => e.checkId,
    ...FEW,
    cleanup: 'compact',
    from: [ANY],
    to: ['scheduler'],
  }),
  auditRecorded: topic('daybreak.audit.recorded.v1', AuditRecordedSchema, {
    key: 'actor',
    keyOf: (e) => e.actor,
    ...FEW,
    cleanup: 'delete',
    retentionDays: 400,
    from: [ANY],
    to: ['sla-tracker'],
  }),
  alertRaised: topic('daybreak.alert.raised.v1', AlertRaisedSchema, {
    key: 'alert_name',
    keyOf: (e) => e.alertName,
    ...FEW,
    cleanup: 'delete',
    retentionDays: 30,
    from: [ANY],
    to: ['alert delivery'],
  }),
  deadLetter: topic('daybreak.dead-letter.v1', DeadLetterSchema, {
    key: 'original key',
    keyOf: (e) => `${e.topic}/${e.partition}/${e.offset}`,
    ...FEW,
    cleanup: 'delete',
    retentionDays: 30,
    from: [ANY],
    to: ['people'],
  }),
} as const;

/** What the catalogue calls a topic in code. */
export type TopicName = keyof typeof topics;

/** The catalogue as a list. */
export const allTopics: readonly Topic[] = Object.values(topics) as unknown as readonly Topic[];

const byName = new Map(allTopics.map((t) => [t.name, t]));

/** The catalogue entry of a logical topic name; undefined when there is none. */
export const topicNamed = (name: string): Topic | undefined => byName.get(name);
