import { Database } from '@daybreak/database';
import { Injectable } from '@nestjs/common';
import type { DeliveryModeName } from '../plan/plan-inputs.js';
import { newestByKey } from './newest-by-key.js';

/** One recipient as stored: the address sealed for this recipient, or none. */
export interface RecipientRecord {
  readonly recipientId: string;
  readonly tenantId: string;
  readonly language: string;
  readonly segments: readonly string[];
  readonly deliveryMode: DeliveryModeName;
  readonly sealedAddress: Uint8Array | undefined;
  readonly addressKey: string | undefined;
  readonly bodyParameters: Readonly<Record<string, string>>;
  readonly updatedAtMs: number;
}

@Injectable()
export class RecipientRepository {
  constructor(private readonly database: Database) {}

  /** Forgets some and upserts others; an older state never replaces a newer one. */
  async replace(forgotten: readonly string[], recipients: readonly RecipientRecord[]): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (forgotten.length > 0) {
        await tx.execute('delete from recipient where recipient_id = any($1::text[])', [forgotten]);
        await tx.execute(
          'update planned_delivery set address_key = null where run_id in (select run_id from run) and recipient_id = any($1::text[])',
          [forgotten],
        );
      }
      const newest = newestByKey(
        recipients,
        (recipient) => recipient.recipientId,
        (recipient) => recipient.updatedAtMs,
      );
      if (newest.length > 0) await tx.execute(UPSERT, [JSON.stringify(newest.map(toRow))]);
    });
  }
}

const UPSERT = `
  insert into recipient
  select * from jsonb_to_recordset($1::jsonb) as r(
    recipient_id text, tenant_id text, language text, segments text[], delivery_mode text, sealed_address bytea, address_key text,
    body_parameters jsonb, updated_at timestamptz)
  on conflict (recipient_id) do update set
    tenant_id = excluded.tenant_id, language = excluded.language, segments = excluded.segments, delivery_mode = excluded.delivery_mode,
    sealed_address = excluded.sealed_address, address_key = excluded.address_key, body_parameters = excluded.body_parameters,
    updated_at = excluded.updated_at
  where excluded.updated_at >= recipient.updated_at`;

const toRow = (recipient: RecipientRecord): object => ({
  recipient_id: recipient.recipientId,
  tenant_id: recipient.tenantId,
  language: recipient.language,
  segments: recipient.segments,
  delivery_mode: recipient.deliveryMode,
  sealed_address: recipient.sealedAddress === undefined ? null : `\\x${Buffer.from(recipient.sealedAddress).toString('hex')}`,
  address_key: recipient.addressKey ?? null,
  body_parameters: recipient.bodyParameters,
  updated_at: new Date(recipient.updatedAtMs),
});
