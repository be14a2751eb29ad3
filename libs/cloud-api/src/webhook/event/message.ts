import type { OnNumber, WebhookError } from './common.js';

/** Meta's words that this release knows. */
export const MESSAGE_STATUSES = ['sent', 'delivered', 'read', 'failed', 'played', 'deleted'] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/** Meta's old unit of billing; since v24.0 only of conversations that began at an ad or a page button. */
export interface StatusConversation {
  readonly id: string | null;
  readonly originType: string | null;
  readonly expiresAtMs: number | null;
}

/** What became of one of our messages. May repeat, reorder, skip, contradict and come days late. */
export interface StatusEvent extends OnNumber {
  readonly kind: 'status';
  readonly wamid: string;
  /** Meta's word, also when it is none of the known ones. */
  readonly status: string;
  /** The same, when this release knows it. */
  readonly knownStatus: MessageStatus | null;
  /** Meta's stamp, one-second grain. Epoch milliseconds. */
  readonly occurredAtMs: number | null;
  /** `biz_opaque_callback_data` of the send. */
  readonly reference: string | null;
  readonly recipientWaId: string | null;
  readonly recipientUserId: string | null;
  readonly recipientParentUserId: string | null;
  /** individual, group. */
  readonly recipientType: string | null;
  /** Who of a group this is about. */
  readonly recipientParticipantId: string | null;
  /** For sends that asked for the identity check. */
  readonly recipientIdentityKeyHash: string | null;
  readonly conversation: StatusConversation | null;
  readonly errors: readonly WebhookError[];
  readonly billable: boolean | null;
  readonly pricingCategory: string | null;
  readonly pricingModel: string | null;
  readonly pricingType: string | null;
}

/** A file that somebody sent; its bytes are fetched by id. */
export interface InboundMedia {
  readonly id: string | null;
  readonly mediaType: string | null;
  readonly sha256: string | null;
  readonly caption: string | null;
}

/** Somebody wrote, tapped or reacted. Opens their service window. */
export interface InboundEvent extends OnNumber {
  readonly kind: 'inbound';
  readonly wamid: string;
  /** text, button, interactive, image, reaction, unsupported … as Meta writes it. */
  readonly type: string;
  readonly occurredAtMs: number | null;
  /** E.164 digits without plus. Null for people who write under a user name. */
  readonly fromWaId: string | null;
  readonly fromUserId: string | null;
  readonly profileName: string | null;
  /** What was written, or the label that was tapped. */
  readonly text: string | null;
  /** Payload of a template's quick reply, id of a reply button or list row. */
  readonly buttonPayload: string | null;
  /** The message that was answered, tapped or reacted to. */
  readonly contextWamid: string | null;
  /** Of the list row that was chosen. */
  readonly replyDescription: string | null;
  /** What was filled in in a flow: JSON, as text. */
  readonly flowResponse: string | null;
  /** Null when a reaction was taken back. */
  readonly reactionEmoji: string | null;
  /** Of an edit or a revoke: the message of theirs that changed or went away. */
  readonly changedWamid: string | null;
  readonly media: InboundMedia | null;
  readonly errors: readonly WebhookError[];
}

/** WhatsApp itself tells about a person: a new number, a new id. Nobody wrote; do not answer. */
export interface SystemEvent extends OnNumber {
  readonly kind: 'system';
  readonly wamid: string | null;
  /** user_changed_number, customer_identity_changed, user_changed_user_id … */
  readonly event: string | null;
  readonly occurredAtMs: number | null;
  readonly fromWaId: string | null;
  readonly fromUserId: string | null;
  readonly newWaId: string | null;
  readonly newUserId: string | null;
}

/** Somebody stopped or allowed our marketing inside WhatsApp. The newest timestamp wins, not the newest webhook. */
export interface UserPreferencesEvent extends OnNumber {
  readonly kind: 'user-preferences';
  readonly waId: string | null;
  readonly userId: string | null;
  readonly category: string | null;
  /** stop, resume, signup. */
  readonly value: string | null;
  readonly signupId: string | null;
  readonly detail: string | null;
  readonly occurredAtMs: number | null;
}

/** Somebody's business-scoped user id changed. */
export interface UserIdUpdateEvent extends OnNumber {
  readonly kind: 'user-id-update';
  readonly waId: string | null;
  readonly previousUserId: string | null;
  readonly currentUserId: string | null;
  readonly occurredAtMs: number | null;
}
