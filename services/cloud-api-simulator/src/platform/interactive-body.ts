import { invalidParameter, requiredParameter } from './graph-error.js';
import { isObject, type Json } from './json.js';
import { mediaReference, type MediaReference } from './media-reference.js';

const TYPES: readonly string[] = [
  'address_message',
  'button',
  'call_permission_request',
  'carousel',
  'catalog_message',
  'cta_url',
  'flow',
  'list',
  'location_request_message',
  'order_details',
  'order_status',
  'product',
  'product_list',
  'voice_call',
];

/** Checks an interactive message against Meta's limits of lengths and counts; returns the media of its header. */
export function checkInteractive(interactive: Json): MediaReference[] {
  const { type, body, footer, action, header } = interactive;
  if (typeof type !== 'string' || !TYPES.includes(type))
    throw invalidParameter(`Param interactive['type'] must be one of {${TYPES.join(', ')}}.`);
  if (type === 'button' || type === 'list' || type === 'cta_url') {
    if (!isObject(body) || typeof body['text'] !== 'string' || body['text'] === '') throw requiredParameter("interactive['body']['text']");
    atMost("interactive['body']['text']", body['text'], type === 'list' ? 4_096 : 1_024);
  }
  if (isObject(footer)) atMost("interactive['footer']['text']", footer['text'], 60);
  if (!isObject(action) && type !== 'carousel') throw requiredParameter("interactive['action']");
  if (type === 'button') checkButtons((action as Json)['buttons']);
  if (type === 'list') checkList(action as Json);
  if (!isObject(header)) return [];
  atMost("interactive['header']['text']", header['text'], 60);
  const headerType = String(header['type']);
  const media = header[headerType];
  return ['image', 'video', 'document'].includes(headerType) && isObject(media) ? [mediaReference(media, headerType)] : [];
}

function checkButtons(buttons: unknown): void {
  if (!Array.isArray(buttons) || buttons.length < 1 || buttons.length > 3)
    throw invalidParameter("Param interactive['action']['buttons'] must have 1 to 3 items.");
  const titles = buttons.map((button: unknown, i) => {
    const reply = isObject(button) ? button['reply'] : undefined;
    if (!isObject(reply) || typeof reply['id'] !== 'string' || typeof reply['title'] !== 'string')
      throw requiredParameter(`interactive['action']['buttons'][${i}]['reply']`);
    atMost(`interactive['action']['buttons'][${i}]['reply']['title']`, reply['title'], 20);
    atMost(`interactive['action']['buttons'][${i}]['reply']['id']`, reply['id'], 256);
    return reply['title'];
  });
  if (new Set(titles).size < titles.length) throw invalidParameter("Param interactive['action']['buttons'] must have different titles.");
}

function checkList(action: Json): void {
  if (typeof action['button'] !== 'string' || action['button'] === '') throw requiredParameter("interactive['action']['button']");
  atMost("interactive['action']['button']", action['button'], 20);
  const sections = action['sections'];
  if (!Array.isArray(sections) || sections.length < 1 || sections.length > 10)
    throw invalidParameter("Param interactive['action']['sections'] must have 1 to 10 items.");
  const rows = sections.flatMap((section: unknown) =>
    isObject(section) && Array.isArray(section['rows']) ? (section['rows'] as unknown[]) : [],
  );
  if (rows.length < 1 || rows.length > 10) throw invalidParameter("Param interactive['action']['sections'] must have 1 to 10 rows in all.");
  for (const row of rows) {
    if (!isObject(row) || typeof row['id'] !== 'string' || typeof row['title'] !== 'string')
      throw requiredParameter("interactive['action']['sections']['rows']");
    atMost("interactive['action']['sections']['rows']['title']", row['title'], 24);
    atMost("interactive['action']['sections']['rows']['description']", row['description'], 72);
  }
}

function atMost(name: string, value: unknown, length: number): void {
  if (typeof value === 'string' && value.length > length)
    throw invalidParameter(`Param ${name} must be at most ${length} characters long.`);
}
