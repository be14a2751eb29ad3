import { randomUUID } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import {
  ConsentChangedSchema,
  ConsentState,
  DeliveryMode,
  RecipientUpsertedSchema,
  type ConsentChanged,
  type RecipientUpserted,
} from '@daybreak/contracts';
import { MORNING } from './delivery.factory.js';
import { aPhoneNumber } from './people.js';
import type { Over } from './over.js';

const LAST_MONTH_MS = MORNING.opensMs - 30 * 86_400_000;

/** An English-speaking advisor who said yes to content, with an address in clear. */
export function aRecipientUpserted(over: Over<typeof RecipientUpsertedSchema> = {}): RecipientUpserted {
  return create(RecipientUpsertedSchema, {
    recipientId: `adv-${randomUUID().slice(0, 8)}`,
    tenantId: 'main',
    language: 'en',
    segments: ['equity'],
    address: { case: 'phoneNumber', value: aPhoneNumber() },
    deliveryMode: DeliveryMode.DIRECT,
    bodyParameters: { name: 'Asha' },
    optIns: [
      {
        purpose: 'content',
        givenAt: timestampFromMs(LAST_MONTH_MS),
        source: 'web-form',
        wording: 'Send me the daily pack',
        noticeVersion: '2026-10',
      },
    ],
    updatedAt: timestampFromMs(LAST_MONTH_MS),
    ...over,
  });
}

/** A recipient's whole consent: yes to content. */
export function aConsentChanged(recipientId: string, over: Over<typeof ConsentChangedSchema> = {}): ConsentChanged {
  return create(ConsentChangedSchema, {
    recipientId,
    tenantId: 'main',
    purposes: [{ purpose: 'content', state: ConsentState.OPTED_IN, since: timestampFromMs(LAST_MONTH_MS), source: 'back-office' }],
    version: 1n,
    changedAt: timestampFromMs(LAST_MONTH_MS),
    ...over,
  });
}
