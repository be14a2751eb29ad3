import type { PortfolioSettings } from '../settings/account-settings.js';
import type { PacingSettings } from '../settings/primitives.js';
import type { PortfolioLimit } from './portfolio-limit.js';
import type { QualityScore } from './quality.js';
import type { Throughput } from './throughput.js';

/** A Meta app: owns the secret that signs webhooks, and one callback. */
export interface App {
  readonly id: string;
  readonly name: string;
  readonly secret: string;
  callbackUrl: string | undefined;
  verifyToken: string;
  fields: Set<string>;
}

export interface AccessToken {
  readonly token: string;
  readonly appId: string;
  readonly type: 'SYSTEM_USER' | 'APP';
  readonly scopes: readonly string[];
  /** Undefined: every WABA. */
  readonly wabaIds: readonly string[] | undefined;
  readonly issuedAtMs: number;
  /** Undefined: never. */
  readonly expiresAtMs: number | undefined;
  revoked: boolean;
}

export interface Portfolio {
  readonly id: string;
  readonly name: string;
  readonly verified: boolean;
  readonly overLimit: PortfolioSettings['overLimit'];
  readonly limit: PortfolioLimit;
  readonly pacing: PacingSettings | undefined;
  /** Pacing saw bad signals: nothing goes out and no template is made until Meta has reviewed it. */
  underReview: boolean;
}

export interface Waba {
  readonly id: string;
  readonly portfolio: Portfolio;
  readonly name: string;
  readonly currency: string;
  readonly timezoneId: string;
  readonly disableMarketingMessagesOnCloudApi: boolean;
  /** Subscribed apps, each with the callback it may have set for this WABA alone. */
  readonly subscribedApps: Map<string, { readonly overrideCallbackUri?: string }>;
  /** Undefined: in good standing. */
  banState: 'DISABLE' | 'SCHEDULE_FOR_DISABLE' | undefined;
}

export interface PhoneNumber {
  readonly id: string;
  readonly waba: Waba;
  /** E.164 with a leading plus. */
  readonly phoneNumber: string;
  /** As in webhooks: digits only. */
  readonly displayDigits: string;
  readonly displayPhoneNumber: string;
  verifiedName: string;
  status: string;
  nameStatus: string;
  pin: string;
  registered: boolean;
  readonly registrationsAtMs: number[];
  qualityRating: 'GREEN' | 'YELLOW' | 'RED' | 'UNKNOWN';
  readonly quality: QualityScore;
  readonly throughput: Throughput;
  /** Throughput by its level, before any fault halved it. */
  fullThroughput: number;
  /** While its throughput is upgraded, epoch ms; 0 when it is not. */
  maintenanceUntilMs: number;
  callbackOverride: string | undefined;
  readonly profile: Record<string, unknown>;
}
