import { timestampMs, type Timestamp } from '@bufbuild/protobuf/wkt';
import type { DeliveryPlanned, MediaAsset, TemplateChoice } from '@daybreak/contracts';
import { canonicalJson, deliveryIdOf, invalid, sha256Hex, type Violation } from '@daybreak/kernel';
import { templateKeyOf, type Content, type HeaderMedia, type TemplateFilling } from '../delivery/claim.js';
import type { PlannedDelivery } from '../delivery/stage-deliveries.js';

/** The wire's planned delivery as the sender keeps it. Throws `invalid` naming every field that cannot be sent from. */
export function toPlannedDelivery(event: DeliveryPlanned): PlannedDelivery {
  const violations = violationsOf(event);
  const { template, dueAt, windowOpensAt, windowClosesAt, deadlineAt } = event;
  if (violations.length > 0 || !template || !dueAt || !windowOpensAt || !windowClosesAt || !deadlineAt) throw invalid(...violations);
  const content: Content = {
    contentPackId: event.contentPackId,
    contentHash: event.contentHash,
    language: event.language,
    template: fillingOf(template),
    standby: event.standbyTemplate ? fillingOf(event.standbyTemplate) : null,
    headerMedia: event.headerMedia ? mediaOf(event.headerMedia) : null,
    deliveryMode: event.deliveryMode,
    fallback: event.fallback,
  };
  return {
    run: {
      runId: event.runId,
      tenantId: event.tenantId,
      runDate: event.runDate,
      opensAtMs: timestampMs(windowOpensAt),
      closesAtMs: timestampMs(windowClosesAt),
      deadlineAtMs: timestampMs(deadlineAt),
      planHash: event.planHash,
    },
    content,
    delivery: {
      deliveryId: event.deliveryId,
      runId: event.runId,
      runDate: event.runDate,
      recipientId: event.recipientId,
      shardId: event.shardId,
      contentId: contentIdOf(content),
      template: templateKeyOf(content.template),
      critical: event.critical,
      dueAtMs: timestampMs(dueAt),
      sealedAddress: event.sealedAddress,
      bodyParameters: event.bodyParameters,
    },
  };
}

const RUN_DATE = /^\d{4}-\d{2}-\d{2}$/;

function violationsOf(event: DeliveryPlanned): Violation[] {
  const violations: Violation[] = [];
  const wrong = (field: string, reason: string): void => void violations.push({ field, reason });
  // Two different ids for the same recipient and run would be two messages.
  if (event.deliveryId !== deliveryIdOf(event.runId, event.recipientId))
    wrong('delivery_id', 'is not the UUIDv5 of run_id and recipient_id');
  if (event.runId === '') wrong('run_id', 'is empty');
  if (event.recipientId === '') wrong('recipient_id', 'is empty');
  if (event.planHash === '') wrong('plan_hash', 'is empty');
  if (event.shardId === '') wrong('shard_id', 'is empty');
  if (!RUN_DATE.test(event.runDate)) wrong('run_date', 'is not YYYY-MM-DD');
  if (event.sealedAddress.length === 0) wrong('sealed_address', 'is empty');
  const { dueAt, windowOpensAt, windowClosesAt, deadlineAt } = event;
  if (!dueAt) wrong('due_at', 'is missing');
  if (!windowOpensAt) wrong('window_opens_at', 'is missing');
  if (!windowClosesAt) wrong('window_closes_at', 'is missing');
  if (!deadlineAt) wrong('deadline_at', 'is missing');
  if (dueAt && windowOpensAt && windowClosesAt && !isWithin(dueAt, windowOpensAt, windowClosesAt)) wrong('due_at', 'is outside the window');
  templateViolations('template', event.template, event, wrong);
  if (event.standbyTemplate) templateViolations('standby_template', event.standbyTemplate, event, wrong);
  return violations;
}

function templateViolations(
  field: string,
  template: TemplateChoice | undefined,
  event: DeliveryPlanned,
  wrong: (field: string, reason: string) => void,
): void {
  if (!template || template.name === '' || template.language === '') return wrong(field, 'has no name or no language');
  if (template.hasImageHeader && !event.headerMedia) wrong('header_media', `is missing, and ${field} has an image header`);
  const missing = template.bodyParameterNames.filter((name) => !event.bodyParameters[name]);
  if (missing.length > 0) wrong('body_parameters', `lack ${missing.join(', ')} of ${field}`);
}

const isWithin = (instant: Timestamp, from: Timestamp, until: Timestamp): boolean => {
  const ms = timestampMs(instant);
  return ms >= timestampMs(from) && ms < timestampMs(until);
};

const fillingOf = (template: TemplateChoice): TemplateFilling => ({
  name: template.name,
  language: template.language,
  bodyParameterNames: template.bodyParameterNames,
  namedParameters: template.namedParameters,
  hasImageHeader: template.hasImageHeader,
  quickReplyPayloads: template.quickReplyPayloads,
});

const mediaOf = (media: MediaAsset): HeaderMedia => ({
  sha256: media.sha256,
  url: media.url,
  mediaType: media.mediaType,
  sizeBytes: Number(media.sizeBytes),
});

/** The content's own hash: what is the same for many deliveries is stored once. */
const contentIdOf = (content: Content): string => sha256Hex(canonicalJson(content)).slice(0, 32);
