import { z } from 'zod';
import { e164, id, pacing } from './primitives.js';

/* Who and what exists on Meta's side. */

export const WEBHOOK_FIELDS = [
  'messages',
  'message_template_status_update',
  'message_template_quality_update',
  'message_template_components_update',
  'template_category_update',
  'phone_number_quality_update',
  'phone_number_name_update',
  'business_capability_update',
  'account_update',
  'account_review_update',
  'account_alerts',
  'security',
  'user_preferences',
] as const;

export const app = z.strictObject({
  id,
  name: z.string().default('Daybreak'),
  secret: z.string().min(1),
  /** Where webhooks go. Absent until the app registers one with `/{app_id}/subscriptions`. */
  callbackUrl: z.url().optional(),
  verifyToken: z.string().default(''),
  fields: z.array(z.string()).default([...WEBHOOK_FIELDS]),
});

export const token = z.strictObject({
  token: z.string().min(8),
  appId: id,
  scopes: z.array(z.string()).default(['whatsapp_business_messaging', 'whatsapp_business_management', 'business_management']),
  /** WABAs it may touch; absent: all. */
  wabaIds: z.array(id).optional(),
  /** From the start of the simulator; absent: never. */
  expiresAfterMs: z.number().positive().optional(),
});

export const messagingLimit = z.enum(['TIER_250', 'TIER_2K', 'TIER_10K', 'TIER_100K', 'TIER_UNLIMITED']);

export const portfolio = z.strictObject({
  id,
  name: z.string().default('Daybreak Portfolio'),
  messagingLimit: messagingLimit.default('TIER_UNLIMITED'),
  /** Overrides the number behind `messagingLimit`, for tests. */
  uniqueRecipientsPerDay: z.number().int().positive().optional(),
  /** Meta documents no code for it; peers report silent holds and failures of these two codes. */
  overLimit: z.union([z.literal('hold'), z.literal(131048), z.literal(131049)]).default('hold'),
  verified: z.boolean().default(true),
  /** Portfolio pacing: bulk sends held in batches. */
  pacing: pacing.optional(),
});

export const waba = z.strictObject({
  id,
  portfolioId: id,
  name: z.string().default('Daybreak'),
  currency: z.string().default('INR'),
  timezoneId: z.string().default('71'), // Asia/Kolkata in Meta's list
  /** Apps that get its webhooks from the start. */
  subscribedAppIds: z.array(id).default([]),
  disableMarketingMessagesOnCloudApi: z.boolean().default(false),
});

export const NUMBER_STATUSES = [
  'CONNECTED',
  'PENDING',
  'DISCONNECTED',
  'FLAGGED',
  'RESTRICTED',
  'RATE_LIMITED',
  'BANNED',
  'MIGRATED',
  'DELETED',
  'UNVERIFIED',
] as const;

export const number = z.strictObject({
  id,
  wabaId: id,
  phoneNumber: e164,
  verifiedName: z.string().default('Daybreak'),
  /** Messages in any rolling second, in and out: 20 (coexistence), 80, 1 000. */
  throughput: z.number().int().positive().default(80),
  qualityRating: z.enum(['GREEN', 'YELLOW', 'RED', 'UNKNOWN']).default('GREEN'),
  status: z.enum(NUMBER_STATUSES).default('CONNECTED'),
  pin: z
    .string()
    .regex(/^\d{6}$/)
    .default('000000'),
});

export const TEMPLATE_STATUSES = [
  'APPROVED',
  'PENDING',
  'REJECTED',
  'PAUSED',
  'DISABLED',
  'IN_APPEAL',
  'PENDING_DELETION',
  'DELETED',
  'LIMIT_EXCEEDED',
  'ARCHIVED',
] as const;

export const template = z.strictObject({
  id: id.optional(),
  wabaId: id,
  name: z.string().regex(/^[a-z0-9_]{1,512}$/),
  language: z.string(),
  category: z.enum(['MARKETING', 'UTILITY', 'AUTHENTICATION']),
  parameterFormat: z.enum(['NAMED', 'POSITIONAL']).default('POSITIONAL'),
  status: z.enum(TEMPLATE_STATUSES).default('APPROVED'),
  qualityScore: z.enum(['GREEN', 'YELLOW', 'RED', 'UNKNOWN']).default('GREEN'),
  components: z.array(z.record(z.string(), z.unknown())).min(1),
  pacing: pacing.optional(),
});

export type TemplateSettings = z.output<typeof template>;
export type PortfolioSettings = z.output<typeof portfolio>;
