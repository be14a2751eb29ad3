import { createHash } from 'node:crypto';
import { canonicalJson, sha256Hex } from '@daybreak/kernel';
import type { DeliveryModeName } from './plan-inputs.js';

/** One delivery of the plan, as it is stored. No address: whom the id means is the recipients' business. */
export interface PlannedRow {
  readonly recipientId: string;
  readonly deliveryId: string;
  readonly shardId: string;
  readonly contentPackId: string;
  readonly contentHash: string;
  readonly fallback: boolean;
  readonly critical: boolean;
  readonly language: string;
  readonly deliveryMode: DeliveryModeName;
  readonly templateFamily: string;
  readonly templateVersion: string;
  readonly standbyTemplateVersion: string | undefined;
  readonly parametersSha256: string;
  readonly dueAt: Date;
}

/** A delivery of the plan with what the sender needs besides. */
export interface PlannedDelivery extends PlannedRow {
  readonly addressKey: string;
  readonly sealedAddress: Uint8Array;
  readonly recipientParameters: Readonly<Record<string, string>>;
}

/** One line of a plan: canonical JSON, so that two plans can be compared by `diff`. */
export const planLine = (row: PlannedRow): string =>
  `${canonicalJson({
    recipient_id: row.recipientId,
    delivery_id: row.deliveryId,
    shard_id: row.shardId,
    content_pack_id: row.contentPackId,
    content_hash: row.contentHash,
    fallback: row.fallback,
    critical: row.critical,
    language: row.language,
    delivery_mode: row.deliveryMode,
    template: `${row.templateFamily}/${row.templateVersion}`,
    standby_template: row.standbyTemplateVersion === undefined ? undefined : `${row.templateFamily}/${row.standbyTemplateVersion}`,
    parameters_sha256: row.parametersSha256,
    due_at: row.dueAt.toISOString(),
  })}\n`;

/** SHA-256 over a plan's lines in the order of their recipient ids: what `sha256sum` says of the downloaded plan. */
export class PlanHash {
  private readonly hash = createHash('sha256');

  add(rows: readonly PlannedRow[]): void {
    for (const row of rows) this.hash.update(planLine(row));
  }

  digest(): string {
    return this.hash.digest('hex');
  }
}

/** Binds what is filled into the template. The delivery id keeps equal names from showing as equal hashes. */
export const parametersSha256 = (deliveryId: string, parameters: Readonly<Record<string, string>>): string =>
  sha256Hex(`${deliveryId}${canonicalJson(parameters)}`);
