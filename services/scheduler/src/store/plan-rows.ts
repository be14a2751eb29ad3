import type { Consent } from '@daybreak/consent';
import type { Decision } from '../plan/decide.js';
import type { DeliveryModeName, PlanRecipient } from '../plan/plan-inputs.js';
import type { PlannedRow } from '../plan/plan-line.js';

/** A recipient for whom everything is decided but where from and when. */
export interface Candidate {
  readonly recipientId: string;
  readonly deliveryId: string;
  readonly language: string;
  readonly deliveryMode: DeliveryModeName;
  readonly decision: Extract<Decision, { kind: 'planned' }>;
  readonly fallback: boolean;
  readonly parametersSha256: string;
}

export interface RecipientRow {
  recipient_id: string;
  language: string;
  segments: string[];
  delivery_mode: DeliveryModeName;
  address_key: string | null;
  body_parameters: Record<string, string>;
  purposes: Consent | null;
  named_in: string[] | null;
  capped_until: Date | null;
}

export const toPlanRecipient = (row: RecipientRow): PlanRecipient => ({
  recipientId: row.recipient_id,
  language: row.language,
  segments: row.segments,
  deliveryMode: row.delivery_mode,
  addressKey: row.address_key ?? undefined,
  bodyParameters: row.body_parameters,
  consent: row.purposes ?? {},
  namedIn: row.named_in ?? [],
  cappedUntilMs: row.capped_until?.getTime(),
});

export const candidateRow = ({ decision: { pack, template, standby, addressKey, notBeforeMs }, ...candidate }: Candidate): object => ({
  recipient_id: candidate.recipientId,
  delivery_id: candidate.deliveryId,
  address_key: addressKey,
  language: candidate.language,
  delivery_mode: candidate.deliveryMode,
  content_pack_id: pack.contentPackId,
  content_hash: pack.contentHash,
  fallback: candidate.fallback,
  critical: pack.critical,
  template_family: template.family,
  template_version: template.templateVersion,
  standby_template_version: standby?.templateVersion ?? null,
  parameters_sha256: candidate.parametersSha256,
  not_before_ms: notBeforeMs ?? null,
});

export const DELIVERY_COLUMNS = `d.recipient_id, d.delivery_id, d.shard_id, d.content_pack_id, d.content_hash, d.fallback, d.critical, d.language, d.delivery_mode,
  d.template_family, d.template_version, d.standby_template_version, d.parameters_sha256, d.due_at`;

export interface DeliveryRow {
  recipient_id: string;
  delivery_id: string;
  shard_id: string;
  content_pack_id: string;
  content_hash: string;
  fallback: boolean;
  critical: boolean;
  language: string;
  delivery_mode: DeliveryModeName;
  template_family: string;
  template_version: string;
  standby_template_version: string | null;
  parameters_sha256: string;
  due_at: Date;
}

export const toPlannedRow = (row: DeliveryRow): PlannedRow => ({
  recipientId: row.recipient_id,
  deliveryId: row.delivery_id,
  shardId: row.shard_id,
  contentPackId: row.content_pack_id,
  contentHash: row.content_hash,
  fallback: row.fallback,
  critical: row.critical,
  language: row.language,
  deliveryMode: row.delivery_mode,
  templateFamily: row.template_family,
  templateVersion: row.template_version,
  standbyTemplateVersion: row.standby_template_version ?? undefined,
  parametersSha256: row.parameters_sha256,
  dueAt: row.due_at,
});
