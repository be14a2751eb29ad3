import { z } from 'zod';
import { messagingLimit, NUMBER_STATUSES, TEMPLATE_STATUSES } from './account-settings.js';
import { instant, pacing, share } from './primitives.js';

/** `drop`: the connection breaks. `hang`: no answer until the client goes. `slow`: the answer comes late. */
export const FAULT_KINDS = ['drop', 'hang', 'html-500', 'error', 'slow'] as const;

/** What goes wrong with requests, while it lasts. */
export const faultSettings = z.strictObject({
  kind: z.enum(FAULT_KINDS),
  /** For `drop`, `hang` and `html-500`: the request is carried out all the same, only its answer is spoilt. */
  accepts: z.boolean().default(false),
  /** Which requests: the last part of the path, `messages`, `media`, `message_templates` …; absent: `messages`. `*`: all. */
  endpoint: z.string().default('messages'),
  /** A phone number id, or its place in the settings (1 is the first); absent: all. */
  number: z.union([z.string(), z.number().int().positive()]).optional(),
  share: share.default(1),
  from: instant.optional(),
  until: instant.optional(),
  /** At most so many times. */
  times: z.number().int().positive().optional(),
  /** For `error`. */
  code: z.number().int().default(131_000),
  /** For `error`: absent, what Meta publishes for the code; for throttling `limits.throttlingHttpStatus`. */
  httpStatus: z.number().int().min(400).max(599).optional(),
  /** For `error`: seconds of its `Retry-After` header; absent: no header. */
  retryAfterS: z.number().int().positive().optional(),
  /** For `slow`. */
  delayMs: z.number().min(0).default(5_000),
});

const target = {
  number: z.union([z.string(), z.number().int().positive()]).optional(),
  template: z.string().optional(),
  language: z.string().optional(),
};

/** Something that happens to the platform, at once or at an instant. */
export const actionSettings = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('set-number-status'), ...target, status: z.enum(NUMBER_STATUSES) }),
  z.strictObject({ do: z.literal('set-number-quality'), ...target, qualityRating: z.enum(['GREEN', 'YELLOW', 'RED', 'UNKNOWN']) }),
  z.strictObject({ do: z.literal('scale-throughput'), ...target, factor: z.number().positive() }),
  z.strictObject({ do: z.literal('upgrade-throughput'), ...target, throughput: z.number().int().positive().default(1_000) }),
  z.strictObject({ do: z.literal('set-template-status'), ...target, status: z.enum(TEMPLATE_STATUSES), reason: z.string().optional() }),
  z.strictObject({ do: z.literal('set-template-quality'), ...target, qualityScore: z.enum(['GREEN', 'YELLOW', 'RED', 'UNKNOWN']) }),
  z.strictObject({ do: z.literal('set-template-category'), ...target, category: z.enum(['MARKETING', 'UTILITY', 'AUTHENTICATION']) }),
  z.strictObject({ do: z.literal('pace-template'), ...target, pacing }),
  z.strictObject({ do: z.literal('revoke-token'), token: z.string().optional() }),
  z.strictObject({
    do: z.literal('ban-account'),
    wabaId: z.string().optional(),
    state: z.enum(['DISABLE', 'REINSTATE', 'SCHEDULE_FOR_DISABLE']).default('DISABLE'),
  }),
  z.strictObject({ do: z.literal('unsubscribe-apps'), wabaId: z.string().optional() }),
  z.strictObject({ do: z.literal('set-messaging-limit'), messagingLimit: messagingLimit }),
  z.strictObject({ do: z.literal('set-portfolio-review'), underReview: z.boolean() }),
  z.strictObject({ do: z.literal('stop-storm'), ...target, share: share, perSecond: z.number().positive() }),
]);

export const event = z.looseObject({ at: instant }).transform(({ at, ...action }, context) => {
  const parsed = actionSettings.safeParse(action);
  if (parsed.success) return { at, action: parsed.data };
  for (const { message, path } of parsed.error.issues) context.addIssue({ code: 'custom', message, path });
  return z.NEVER;
});

export type FaultSettings = z.output<typeof faultSettings>;
export type ActionSettings = z.output<typeof actionSettings>;
