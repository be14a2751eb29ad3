import type { ErrorMeaning } from '../errors/meaning.js';
import type { JsonObject } from '../read-json.js';

/** One error object inside a webhook. */
export interface WebhookError {
  /** Null when Meta wrote none, or not a number. */
  readonly code: number | null;
  readonly title: string | null;
  readonly details: string | null;
  readonly meaning: ErrorMeaning;
}

interface Common {
  /** The WABA; for some account updates the business portfolio. */
  readonly wabaId: string | null;
  /** The webhook field it came by. */
  readonly field: string;
  /** When Meta made the entry; null when it does not say. Epoch milliseconds. */
  readonly entryAtMs: number | null;
  /** The object this event was read from: what this release does not know survives here. */
  readonly raw: JsonObject;
}

interface OnNumber extends Common {
  readonly phoneNumberId: string | null;
  readonly displayPhoneNumber: string | null;
}

interface OfTemplate extends Common {
  /** Text: Meta's ids exceed 2^53. */
  readonly templateId: string | null;
  readonly templateName: string | null;
  /** As Meta writes it here: `en_US` and `en-US` both occur. */
  readonly templateLanguage: string | null;
}

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

export interface TemplateStatusEvent extends OfTemplate {
  readonly kind: 'template-status';
  /** APPROVED, REJECTED, PAUSED, DISABLED, FLAGGED … upper case. Unknown words: not sendable. */
  readonly status: string;
  /** Null when Meta gives none, or `NONE`. */
  readonly reason: string | null;
  readonly category: string | null;
  /** FIRST_PAUSE, SECOND_PAUSE, RATE_LIMITING_PAUSE, UNPAUSE, DISABLED. */
  readonly pauseTitle: string | null;
  readonly pauseDescription: string | null;
  readonly disableDate: string | null;
  /** Meta's explanation of a rejection, and what it advises. */
  readonly rejectionReason: string | null;
  readonly rejectionAdvice: string | null;
}

export interface TemplateQualityEvent extends OfTemplate {
  readonly kind: 'template-quality';
  readonly previousScore: string | null;
  readonly newScore: string | null;
}

export interface TemplateCategoryEvent extends OfTemplate {
  readonly kind: 'template-category';
  readonly previousCategory: string | null;
  readonly newCategory: string | null;
  /** What it will become; set in the warning, before it does. */
  readonly correctCategory: string | null;
  readonly effectiveAtMs: number | null;
}

export interface TemplateButtonText {
  readonly type: string | null;
  readonly text: string | null;
  readonly url: string | null;
  readonly phoneNumber: string | null;
}

/** Components were edited: the texts as they are now. Read the template for examples and formats. */
export interface TemplateComponentsEvent extends OfTemplate {
  readonly kind: 'template-components';
  readonly headerText: string | null;
  readonly bodyText: string | null;
  readonly footerText: string | null;
  readonly buttons: readonly TemplateButtonText[];
}

export interface PhoneNumberQualityEvent extends OnNumber {
  readonly kind: 'phone-number-quality';
  /** ONBOARDING, THROUGHPUT_UPGRADE; older bodies FLAGGED, UNFLAGGED, UPGRADE, DOWNGRADE. */
  readonly event: string | null;
  /** TIER_… or a number, as text. */
  readonly messagingLimit: string | null;
  /** Until February 2026. */
  readonly previousMessagingLimit: string | null;
}

export interface PhoneNumberNameEvent extends OnNumber {
  readonly kind: 'phone-number-name';
  readonly decision: string | null;
  readonly requestedName: string | null;
  readonly rejectionReason: string | null;
}

export interface AccountRestriction {
  readonly type: string | null;
  readonly expiresAtMs: number | null;
  /** What Meta asks for before it lifts it. */
  readonly remediation: string | null;
}

/** The account a partner event is about. */
export interface WabaInfo {
  readonly wabaId: string | null;
  readonly ownerBusinessId: string | null;
  readonly partnerAppId: string | null;
}

/** What an account update asks for. `info`: for the record only. */
export type AccountEffect = 'halt' | 'restrict' | 'resume-after-check' | 'info';

export interface AccountUpdateEvent extends Common {
  readonly kind: 'account-update';
  readonly event: string | null;
  readonly effect: AccountEffect;
  readonly displayPhoneNumber: string | null;
  readonly banStates: readonly string[];
  readonly banDate: string | null;
  readonly violationType: string | null;
  readonly restrictions: readonly AccountRestriction[];
  readonly wabaInfo: WabaInfo | null;
}

export interface AccountReviewEvent extends Common {
  readonly kind: 'account-review';
  readonly decision: string | null;
}

export interface AccountAlertEvent extends Common {
  readonly kind: 'account-alert';
  readonly entityType: string | null;
  readonly entityId: string | null;
  readonly alertType: string | null;
  readonly severity: string | null;
  readonly alertStatus: string | null;
  readonly description: string | null;
}

export interface BusinessCapabilityEvent extends Common {
  readonly kind: 'business-capability';
  /** Unique recipients per rolling 24 h. -1: unlimited. Null: not said, or a word this release cannot read. */
  readonly messagingLimit: number | null;
  /** As Meta wrote it: TIER_…, a number, -1. */
  readonly messagingLimitText: string | null;
  readonly maxPhoneNumbers: number | null;
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

export interface SecurityEvent extends OnNumber {
  readonly kind: 'security';
  /** PIN_CHANGED, PIN_RESET_REQUEST, PIN_REQUEST_SUCCESS. */
  readonly event: string | null;
  readonly requester: string | null;
}

/** Meta could not process something for this number, tied to no message. */
export interface ErrorsEvent extends OnNumber {
  readonly kind: 'errors';
  readonly errors: readonly WebhookError[];
}

/** Everything this release does not know: acknowledged, counted, kept. */
export interface UnknownEvent extends Common {
  readonly kind: 'unknown';
  readonly phoneNumberId: string | null;
}

export type WebhookEvent =
  | StatusEvent
  | InboundEvent
  | SystemEvent
  | TemplateStatusEvent
  | TemplateQualityEvent
  | TemplateCategoryEvent
  | TemplateComponentsEvent
  | PhoneNumberQualityEvent
  | PhoneNumberNameEvent
  | AccountUpdateEvent
  | AccountReviewEvent
  | AccountAlertEvent
  | BusinessCapabilityEvent
  | UserPreferencesEvent
  | UserIdUpdateEvent
  | SecurityEvent
  | ErrorsEvent
  | UnknownEvent;
