import { invalidParameter, requiredParameter } from './graph-error.js';
import { checkInteractive } from './interactive-body.js';
import { isObject, textOf, type Json } from './json.js';
import { mediaReference, type MediaReference } from './media-reference.js';
import { missing } from './message-error.js';

const TYPES = [
  'audio',
  'contacts',
  'document',
  'image',
  'interactive',
  'location',
  'reaction',
  'sticker',
  'template',
  'text',
  'video',
] as const;
export type MessageType = (typeof TYPES)[number];
const MEDIA_TYPES: readonly string[] = ['audio', 'document', 'image', 'sticker', 'video'];
const REFERENCE_MAX = 512;

export interface TemplateCall {
  readonly name: string;
  readonly language: string;
  readonly components: readonly Json[];
}

/** A message that is to be sent, checked as far as it can be without knowing accounts and templates. */
export interface OutgoingMessage {
  readonly type: MessageType;
  /** As the client wrote it. */
  readonly to: string;
  /** What `to` is: a phone number, or what the portfolio calls the person. */
  readonly addressedBy: 'phone' | 'user-id';
  /** `biz_opaque_callback_data`: echoed in every status. */
  readonly reference: string | undefined;
  readonly contextId: string | undefined;
  readonly template: TemplateCall | undefined;
  readonly media: readonly MediaReference[];
}

/** "I have read your message", which travels on the same path. */
export interface ReadReceipt {
  readonly messageId: string;
}

/** Meta's answer to the first thing that is wrong, or the message. */
export function parseMessageBody(body: unknown): OutgoingMessage | ReadReceipt {
  if (!isObject(body)) throw invalidParameter('Invalid parameter: the body must be a JSON object');
  if (body['messaging_product'] !== 'whatsapp') throw requiredParameter('messaging_product');
  if (body['status'] !== undefined) return parseReadReceipt(body);
  const type = body['type'] ?? TYPES.find((name) => body[name] !== undefined) ?? 'text';
  if (!TYPES.includes(type as MessageType)) {
    throw invalidParameter(`Param type must be one of {${TYPES.join(', ').toUpperCase()}} - got "${textOf(type).slice(0, 64)}".`);
  }
  const to = body['to'];
  if (to === undefined && typeof body['recipient'] !== 'string') throw requiredParameter('to');
  if (to !== undefined && typeof to !== 'string') throw invalidParameter('Param to must be a string.');
  const content = body[type as string];
  if (!isObject(content) && !(type === 'contacts' && Array.isArray(content)))
    throw missing(`Parameter ${type as string} is required for messages of this type.`);
  const context = body['context'];
  return {
    type: type as MessageType,
    to: (to ?? body['recipient']) as string, // where both are given, the phone number wins
    addressedBy: to === undefined ? 'user-id' : 'phone',
    reference: parseReference(body['biz_opaque_callback_data']),
    contextId: isObject(context) && typeof context['message_id'] === 'string' ? context['message_id'] : undefined,
    ...parseContent(type as MessageType, content),
  };
}

function parseReadReceipt(body: Json): ReadReceipt {
  if (body['status'] !== 'read') throw invalidParameter('Param status must be one of {READ}.');
  if (typeof body['message_id'] !== 'string') throw requiredParameter('message_id');
  return { messageId: body['message_id'] };
}

function parseReference(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw invalidParameter('Param biz_opaque_callback_data must be a string.');
  if (value.length > REFERENCE_MAX)
    throw invalidParameter(`Param biz_opaque_callback_data must be at most ${REFERENCE_MAX} characters long.`);
  return value;
}

function parseContent(type: MessageType, content: unknown): { template: TemplateCall | undefined; media: readonly MediaReference[] } {
  const nothing = { template: undefined, media: [] };
  if (!isObject(content)) return nothing;
  if (type === 'template') {
    const template = parseTemplate(content);
    return { template, media: headerMedia(template.components) };
  }
  if (MEDIA_TYPES.includes(type)) return { template: undefined, media: [mediaReference(content, type)] };
  if (type === 'text') checkText(content);
  if (type === 'interactive') return { template: undefined, media: checkInteractive(content) };
  return nothing;
}

function checkText(text: Json): void {
  const body = text['body'];
  if (typeof body !== 'string' || body === '') throw requiredParameter("text['body']");
  if (body.length > 4_096) throw invalidParameter("Param text['body'] must be at most 4096 characters long.");
}

function parseTemplate(template: Json): TemplateCall {
  const { name, language, components } = template;
  if (typeof name !== 'string' || name === '') throw requiredParameter("template['name']");
  if (!isObject(language) || typeof language['code'] !== 'string') throw requiredParameter("template['language']['code']");
  if (components !== undefined && (!Array.isArray(components) || !components.every(isObject))) {
    throw invalidParameter("Param template['components'] must be an array of objects.");
  }
  return { name, language: language['code'], components: components ?? [] };
}

function headerMedia(components: readonly Json[]): MediaReference[] {
  return components
    .filter((component) => String(component['type']).toLowerCase() === 'header' && Array.isArray(component['parameters']))
    .flatMap((component) => component['parameters'] as unknown[])
    .flatMap((parameter) => {
      if (!isObject(parameter) || !MEDIA_TYPES.includes(String(parameter['type']))) return [];
      const type = String(parameter['type']);
      return isObject(parameter[type]) ? [mediaReference(parameter[type], type)] : [];
    });
}
