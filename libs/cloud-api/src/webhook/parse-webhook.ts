import { drop } from '@daybreak/kernel';
import { accountReaders } from './account-events.js';
import type { Change, ChangeReader } from './change.js';
import { parseJsonLosslessly } from './lossless-json.js';
import { messageEvents } from './message-events.js';
import { instantMsIn, listIn, objectIn, objectsIn, textIn, type JsonObject } from '../read-json.js';
import { templateReaders } from './template-events.js';
import type { WebhookEvent } from './webhook-event.js';

/** By the field Meta names. What is not here survives as `unknown`. */
const READERS: ReadonlyMap<string, ChangeReader> = new Map(
  Object.entries({ messages: messageEvents, ...templateReaders, ...accountReaders }),
);

/** Meta has documented a quality update under the status field: what the value holds decides. */
function readerOf(change: Change): ChangeReader | undefined {
  if ('new_quality_score' in change.value) return READERS.get('message_template_quality_update');
  if ('new_category' in change.value) return READERS.get('template_category_update');
  return READERS.get(change.field);
}

/**
 * Splits a webhook into events, in the order of the body. Unknown fields, events and codes come out as data;
 * members that are missing, null or of another type never throw. Throws a `drop` error only when the body is not JSON.
 */
export function parseWebhook(raw: Uint8Array | string): WebhookEvent[] {
  const text = typeof raw === 'string' ? raw : Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('utf8');
  let body: unknown;
  try {
    body = parseJsonLosslessly(text);
  } catch {
    throw drop('The webhook body is not JSON.'); // the parser's own message would quote the body
  }
  const envelope = objectIn(body);
  if (!envelope || envelope['object'] !== 'whatsapp_business_account') return [];
  return objectsIn(envelope['entry']).flatMap(entryEvents);
}

function entryEvents(entry: JsonObject): readonly WebhookEvent[] {
  const wabaId = textIn(entry['id']);
  const entryAtMs = instantMsIn(entry['time']);
  return listIn(entry['changes']).flatMap((item) => {
    const change = objectIn(item);
    const field = textIn(change?.['field']) ?? 'none';
    const value = objectIn(change?.['value']);
    // Kept whole: an item that is no object, or a value that is none, may still be the only copy of something.
    if (!value)
      return [{ kind: 'unknown', wabaId, field, entryAtMs, phoneNumberId: null, raw: change ?? { item } }] satisfies WebhookEvent[];
    return changeEvents({ wabaId, field, entryAtMs, value });
  });
}

function changeEvents(change: Change): readonly WebhookEvent[] {
  const reader = readerOf(change);
  if (reader) return reader(change);
  const { wabaId, field, entryAtMs, value } = change;
  return [
    { kind: 'unknown', wabaId, field, entryAtMs, phoneNumberId: textIn(objectIn(value['metadata'])?.['phone_number_id']), raw: value },
  ];
}
