import type { Change } from './change.js';
import { booleanIn, instantMsIn, listIn, objectIn, objectsIn, textIn, type JsonObject } from '../read-json.js';
import { errorsIn } from './webhook-errors.js';
import {
  MESSAGE_STATUSES,
  type InboundMedia,
  type InboundEvent,
  type MessageStatus,
  type StatusConversation,
  type WebhookEvent,
} from './webhook-event.js';

/** What every event of a `messages` change shares. */
interface Place {
  readonly wabaId: string | null;
  readonly field: string;
  readonly entryAtMs: number | null;
  readonly phoneNumberId: string | null;
  readonly displayPhoneNumber: string | null;
}

type MemberReader = (members: unknown, place: Place, value: JsonObject) => readonly WebhookEvent[];

const nothing: MemberReader = () => [];

/**
 * The members of a `messages` value, known ones, in the order in which they are told: what became of our messages before what people wrote about
 * them. Others survive as `messages.<member>`.
 */
const MEMBERS: ReadonlyMap<string, MemberReader> = new Map<string, MemberReader>([
  ['statuses', (members, place) => listIn(members).map((item) => statusEvent(item, place))],
  ['messages', (members, place, value) => listIn(members).map((item) => messageEvent(item, place, value))],
  ['errors', (members, place, value) => [{ kind: 'errors', ...place, errors: errorsIn(members), raw: value }]],
  ['messaging_product', nothing],
  ['metadata', nothing],
  ['contacts', nothing], // read together with the messages they belong to
]);

/** Events of the field `messages`: statuses, what people wrote, errors. What is none of these becomes `unknown`. */
export function messageEvents(change: Change): readonly WebhookEvent[] {
  const { value, wabaId, field, entryAtMs } = change;
  const metadata = objectIn(value['metadata']);
  const place: Place = {
    wabaId,
    field,
    entryAtMs,
    phoneNumberId: textIn(metadata?.['phone_number_id']),
    displayPhoneNumber: textIn(metadata?.['display_phone_number']),
  };
  const told: (readonly WebhookEvent[])[] = [];
  for (const [name, reader] of MEMBERS) if (name in value) told.push(reader(value[name], place, value));
  for (const name of Object.keys(value)) if (!MEMBERS.has(name)) told.push([unknownMember(`messages.${name}`, value[name], place)]);
  return told.flat();
}

const unknownMember = (field: string, item: unknown, place: Place): WebhookEvent => ({
  kind: 'unknown',
  wabaId: place.wabaId,
  field,
  entryAtMs: place.entryAtMs,
  phoneNumberId: place.phoneNumberId,
  raw: objectIn(item) ?? { item },
});

const isKnownStatus = (status: string): status is MessageStatus => (MESSAGE_STATUSES as readonly string[]).includes(status);

function statusEvent(item: unknown, place: Place): WebhookEvent {
  const raw = objectIn(item);
  const wamid = textIn(raw?.['id']);
  const status = textIn(raw?.['status']);
  if (!raw || wamid === null || status === null) return unknownMember('messages.statuses', item, place);
  const pricing = objectIn(raw['pricing']);
  return {
    kind: 'status',
    ...place,
    wamid,
    status,
    knownStatus: isKnownStatus(status) ? status : null,
    occurredAtMs: instantMsIn(raw['timestamp']),
    reference: textIn(raw['biz_opaque_callback_data']),
    recipientWaId: textIn(raw['recipient_id']),
    recipientUserId: textIn(raw['recipient_user_id']),
    recipientParentUserId: textIn(raw['parent_recipient_user_id']) ?? textIn(raw['recipient_parent_user_id']),
    recipientType: textIn(raw['recipient_type']),
    recipientParticipantId: textIn(raw['recipient_participant_id']),
    recipientIdentityKeyHash: textIn(raw['recipient_identity_key_hash']),
    conversation: conversationIn(raw['conversation']),
    errors: errorsIn(raw['errors']),
    billable: booleanIn(pricing?.['billable']),
    pricingCategory: textIn(pricing?.['category']),
    pricingModel: textIn(pricing?.['pricing_model']),
    pricingType: textIn(pricing?.['type']),
    raw,
  };
}

function conversationIn(value: unknown): StatusConversation | null {
  const conversation = objectIn(value);
  return (
    conversation && {
      id: textIn(conversation['id']),
      originType: textIn(objectIn(conversation['origin'])?.['type']),
      expiresAtMs: instantMsIn(conversation['expiration_timestamp']),
    }
  );
}

function messageEvent(item: unknown, place: Place, value: JsonObject): WebhookEvent {
  const raw = objectIn(item);
  const wamid = textIn(raw?.['id']);
  if (!raw) return unknownMember('messages.messages', item, place);
  if (raw['type'] === 'system') return systemEvent(raw, wamid, place);
  if (wamid === null) return unknownMember('messages.messages', item, place);
  const type = textIn(raw['type']) ?? 'unknown';
  const fromWaId = textIn(raw['from']);
  const contact = contactOf(value, fromWaId, textIn(raw['from_user_id']));
  return {
    kind: 'inbound',
    ...place,
    wamid,
    type,
    occurredAtMs: instantMsIn(raw['timestamp']),
    fromWaId,
    fromUserId: textIn(raw['from_user_id']) ?? textIn(contact?.['user_id']),
    profileName: textIn(objectIn(contact?.['profile'])?.['name']),
    ...contentOf(raw, type),
    errors: errorsIn(raw['errors']),
    raw,
  };
}

function systemEvent(raw: JsonObject, wamid: string | null, place: Place): WebhookEvent {
  const system = objectIn(raw['system']);
  return {
    kind: 'system',
    ...place,
    wamid,
    event: textIn(system?.['type']),
    occurredAtMs: instantMsIn(raw['timestamp']),
    fromWaId: textIn(raw['from']),
    fromUserId: textIn(raw['from_user_id']),
    newWaId: textIn(system?.['wa_id']) ?? textIn(system?.['new_wa_id']),
    newUserId: textIn(system?.['user_id']),
    raw,
  };
}

/** The contact a message is from. A message without any id of its sender has exactly one contact beside it. */
function contactOf(value: JsonObject, waId: string | null, userId: string | null): JsonObject | undefined {
  const contacts = objectsIn(value['contacts']);
  const theirs = contacts.find(
    (c) => (waId !== null && textIn(c['wa_id']) === waId) || (userId !== null && textIn(c['user_id']) === userId),
  );
  return theirs ?? (contacts.length === 1 ? contacts[0] : undefined);
}

type Content = Pick<
  InboundEvent,
  'text' | 'buttonPayload' | 'contextWamid' | 'media' | 'replyDescription' | 'flowResponse' | 'reactionEmoji' | 'changedWamid'
>;

const MEDIA_TYPES = new Set(['image', 'video', 'audio', 'document', 'sticker', 'voice']);

function contentOf(raw: JsonObject, type: string): Content {
  const part = objectIn(raw[type]);
  const content: Content = {
    text: null,
    buttonPayload: null,
    contextWamid: textIn(objectIn(raw['context'])?.['id']),
    media: null,
    replyDescription: null,
    flowResponse: null,
    reactionEmoji: null,
    changedWamid: null,
  };
  if (!part) return content;
  switch (type) {
    case 'text':
      return { ...content, text: textIn(part['body']) };
    case 'button': // a template's quick reply; its payload is its label unless the template says otherwise
      return { ...content, text: textIn(part['text']), buttonPayload: textIn(part['payload']) };
    case 'interactive': {
      const reply = objectIn(part['button_reply']) ?? objectIn(part['list_reply']);
      return {
        ...content,
        text: textIn(reply?.['title']),
        buttonPayload: textIn(reply?.['id']),
        replyDescription: textIn(reply?.['description']),
        flowResponse: textIn(objectIn(part['nfm_reply'])?.['response_json']),
      };
    }
    case 'reaction':
      return { ...content, contextWamid: content.contextWamid ?? textIn(part['message_id']), reactionEmoji: textIn(part['emoji']) };
    case 'edit':
    case 'revoke':
      return { ...content, changedWamid: textIn(part['original_message_id']) ?? textIn(part['message_id']) };
    default:
      return MEDIA_TYPES.has(type) ? { ...content, media: mediaOf(part) } : content;
  }
}

const mediaOf = (part: JsonObject): InboundMedia => ({
  id: textIn(part['id']),
  mediaType: textIn(part['mime_type']),
  sha256: textIn(part['sha256']),
  caption: textIn(part['caption']),
});
