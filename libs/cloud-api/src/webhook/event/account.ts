import type { Common, OnNumber, WebhookError } from './common.js';

/** The throughput of a number or its portfolio's messaging limit changed. */
export interface PhoneNumberQualityEvent extends OnNumber {
  readonly kind: 'phone-number-quality';
  /** ONBOARDING, THROUGHPUT_UPGRADE; older bodies FLAGGED, UNFLAGGED, UPGRADE, DOWNGRADE. */
  readonly event: string | null;
  /** TIER_… or a number, as text. */
  readonly messagingLimit: string | null;
  /** Until February 2026. */
  readonly previousMessagingLimit: string | null;
}

/** Meta decided on a display name. */
export interface PhoneNumberNameEvent extends OnNumber {
  readonly kind: 'phone-number-name';
  readonly decision: string | null;
  readonly requestedName: string | null;
  readonly rejectionReason: string | null;
}

/** Something that an account may not do for now. */
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

/** An account was restricted, banned, reinstated, shared … */
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

/** Meta reviewed an account: APPROVED, REJECTED … */
export interface AccountReviewEvent extends Common {
  readonly kind: 'account-review';
  readonly decision: string | null;
}

/** Meta warns of something about an account, number or portfolio. */
export interface AccountAlertEvent extends Common {
  readonly kind: 'account-alert';
  readonly entityType: string | null;
  readonly entityId: string | null;
  readonly alertType: string | null;
  readonly severity: string | null;
  readonly alertStatus: string | null;
  readonly description: string | null;
}

/** What the portfolio or account may do: people per day, phone numbers. */
export interface BusinessCapabilityEvent extends Common {
  readonly kind: 'business-capability';
  /** Unique recipients per rolling 24 h. -1: unlimited. Null: not said, or a word this release cannot read. */
  readonly messagingLimit: number | null;
  /** As Meta wrote it: TIER_…, a number, -1. */
  readonly messagingLimitText: string | null;
  readonly maxPhoneNumbers: number | null;
}

/** Something happened to the two-step PIN of a number. */
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
