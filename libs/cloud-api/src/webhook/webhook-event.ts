import type { Common } from './event/common.js';
import type {
  PhoneNumberQualityEvent,
  PhoneNumberNameEvent,
  AccountUpdateEvent,
  AccountReviewEvent,
  AccountAlertEvent,
  BusinessCapabilityEvent,
  SecurityEvent,
  ErrorsEvent,
} from './event/account.js';
import type { StatusEvent, InboundEvent, SystemEvent, UserPreferencesEvent, UserIdUpdateEvent } from './event/message.js';
import type { TemplateStatusEvent, TemplateQualityEvent, TemplateCategoryEvent, TemplateComponentsEvent } from './event/template.js';

export * from './event/account.js';
export type { WebhookError } from './event/common.js';
export * from './event/message.js';
export * from './event/template.js';

/** Everything this release does not know: acknowledged, counted, kept. */
export interface UnknownEvent extends Common {
  readonly kind: 'unknown';
  readonly phoneNumberId: string | null;
}

/** Everything that one webhook can tell; `kind` says what it is. */
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
