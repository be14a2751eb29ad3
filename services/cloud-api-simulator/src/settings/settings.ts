import { z } from 'zod';

/*
 * Everything the simulator can be told, in one schema: the file of SIM_CONFIG, a scenario file laid over it, and what the admin API
 * changes while it runs. All durations are milliseconds of the simulated clock unless a name says otherwise; shares are 0 to 1.
 */

const share = z.number().min(0).max(1);
const lag = (medianMs: number, p95Ms: number, maxMs: number) =>
  z
    .strictObject({ medianMs: z.number().min(0), p95Ms: z.number().min(0), maxMs: z.number().min(0) })
    .default({ medianMs, p95Ms, maxMs });
const id = z.string().regex(/^\d{5,18}$/, 'must be 5 to 18 digits, in quotes');
const e164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be E.164 with a leading plus, in quotes');
/** An instant: `06:01:00` on the simulated morning (local time zone of the settings), or ISO 8601 with an offset. */
const instant = z.string().regex(/^(\d{2}:\d{2}(:\d{2})?|\d{4}-\d{2}-\d{2}T.+(Z|[+-]\d{2}:?\d{2}))$/, 'must be HH:mm[:ss] or ISO 8601 with an offset');

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

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

const app = z.strictObject({
  id,
  name: z.string().default('Daybreak'),
  secret: z.string().min(1),
  /** Where webhooks go. Absent until the app registers one with `/{app_id}/subscriptions`. */
  callbackUrl: z.url().optional(),
  verifyToken: z.string().default(''),
  fields: z.array(z.string()).default([...WEBHOOK_FIELDS]),
});

const token = z.strictObject({
  token: z.string().min(8),
  appId: id,
  scopes: z.array(z.string()).default(['whatsapp_business_messaging', 'whatsapp_business_management', 'business_management']),
  /** WABAs it may touch; absent: all. */
  wabaIds: z.array(id).optional(),
  /** From the start of the simulator; absent: never. */
  expiresAfterMs: z.number().positive().optional(),
});

const pacing = z.strictObject({
  /** Messages that go out before the rest is held. */
  allowance: z.number().int().min(0),
  /** From the first held message to the verdict. */
  verdictAfterMs: z.number().min(0).default(20 * MINUTE_MS),
  verdict: z.enum(['release', 'drop']).default('release'),
});

const portfolio = z.strictObject({
  id,
  name: z.string().default('Daybreak Portfolio'),
  messagingLimit: z.enum(['TIER_250', 'TIER_2K', 'TIER_10K', 'TIER_100K', 'TIER_UNLIMITED']).default('TIER_UNLIMITED'),
  /** Overrides the number behind `messagingLimit`, for tests. */
  uniqueRecipientsPerDay: z.number().int().positive().optional(),
  /** Meta documents no code for it; peers report silent holds and failures of these two codes. */
  overLimit: z.union([z.literal('hold'), z.literal(131048), z.literal(131049)]).default('hold'),
  verified: z.boolean().default(true),
  /** Portfolio pacing: bulk sends held in batches. */
  pacing: pacing.optional(),
});

const waba = z.strictObject({
  id,
  portfolioId: id,
  name: z.string().default('Daybreak'),
  currency: z.string().default('INR'),
  timezoneId: z.string().default('71'), // Asia/Kolkata in Meta's list
  /** Apps that get its webhooks from the start. */
  subscribedAppIds: z.array(id).default([]),
  disableMarketingMessagesOnCloudApi: z.boolean().default(false),
});

export const NUMBER_STATUSES = ['CONNECTED', 'PENDING', 'DISCONNECTED', 'FLAGGED', 'RESTRICTED', 'RATE_LIMITED', 'BANNED', 'MIGRATED', 'DELETED', 'UNVERIFIED'] as const;

const number = z.strictObject({
  id,
  wabaId: id,
  phoneNumber: e164,
  verifiedName: z.string().default('Daybreak'),
  /** Messages in any rolling second, in and out: 20 (coexistence), 80, 1 000. */
  throughput: z.number().int().positive().default(80),
  qualityRating: z.enum(['GREEN', 'YELLOW', 'RED', 'UNKNOWN']).default('GREEN'),
  status: z.enum(NUMBER_STATUSES).default('CONNECTED'),
  pin: z.string().regex(/^\d{6}$/).default('000000'),
});

export const TEMPLATE_STATUSES = ['APPROVED', 'PENDING', 'REJECTED', 'PAUSED', 'DISABLED', 'IN_APPEAL', 'PENDING_DELETION', 'DELETED', 'LIMIT_EXCEEDED', 'ARCHIVED'] as const;

const template = z.strictObject({
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

export const recipientSettings = z.strictObject({
  phoneNumber: e164,
  onWhatsApp: z.boolean().optional(),
  phoneOffUntil: instant.optional(),
  marketing: z.enum(['takes', 'capped', 'holdout', 'opted-out']).optional(),
  reaction: z.enum(['none', 'stops', 'taps', 'blocks']).optional(),
  reads: z.boolean().optional(),
});

const recipients = z.strictObject({
  /** Shares of everyone, by a seeded hash of the phone number: the same people every time. */
  shares: z
    .strictObject({
      notOnWhatsApp: share.default(0.002_5),
      phoneOff: share.default(0.015),
      capped: share.default(0.001),
      holdout: share.default(0.000_5),
      optedOut: share.default(0.000_5),
      blocks: share.default(0.000_5),
      stops: share.default(0.001),
      taps: share.default(0.01),
      reads: share.default(0.7),
      /** Of those who read: `read` comes without a `delivered`. */
      readWithoutDelivered: share.default(0.01),
    })
    .prefault({}),
  stopText: z.string().default('STOP'),
  phoneOnAgainAfter: lag(45 * MINUTE_MS, 5 * HOUR_MS, 3 * DAY_MS),
  reactsAfter: lag(90_000, 20 * MINUTE_MS, 6 * HOUR_MS),
  explicit: z.array(recipientSettings).default([]),
});

const journey = z.strictObject({
  sentAfter: lag(700, 2_500, 20_000),
  deliveredAfter: lag(900, 6_000, 120_000),
  readAfter: lag(4 * MINUTE_MS, 90 * MINUTE_MS, 20 * HOUR_MS),
  failedAfter: lag(1_500, 6_000, 60_000),
});

const webhooks = z.strictObject({
  /** Updates of one POST. 1: each for itself. Meta never promises to batch and never puts more than 1 000 into one. */
  batchMax: z.number().int().min(1).max(1_000).default(1),
  /** How long the first update of a batch waits for others. */
  lingerMs: z.number().min(0).default(0),
  /** POSTs under way to one callback at a time. */
  concurrency: z.number().int().min(1).max(512).default(64),
  /** From the event to the POST. */
  lag: lag(250, 900, 30_000),
  /** The same update several times. */
  duplicateShare: share.default(0.002),
  duplicateTimes: z.number().int().min(1).max(20).default(1),
  /** Updates that wait longer than others, so that they arrive out of order. */
  reorderShare: share.default(0.01),
  reorderByMs: z.number().min(0).default(4_000),
  /** Never posted at all. */
  lossShare: share.default(0),
  retryForMs: z.number().min(0).default(7 * DAY_MS),
  /** Real milliseconds: how long an answer may take. */
  answerTimeoutMs: z.number().int().min(100).default(20_000),
  /** `user_id` beside phone numbers, as since March 2026. */
  businessScopedUserIds: z.boolean().default(true),
});

const limits = z.strictObject({
  pair: z.boolean().default(true),
  managementPerHour: z.number().int().positive().default(5_000),
  managementPerHourWithoutNumber: z.number().int().positive().default(200),
  /** Meta's table says 400, its OpenAPI 429, captures 403. */
  throttlingHttpStatus: z.union([z.literal(400), z.literal(403), z.literal(429)]).default(400),
  templatesPerHour: z.number().int().positive().default(100),
});

const review = z.strictObject({
  takes: lag(2 * HOUR_MS, 20 * HOUR_MS, 26 * HOUR_MS),
  /** Names that are refused, as regular expressions. */
  rejectNames: z.array(z.string()).default([]),
  rejectReason: z.enum(['ABUSIVE_CONTENT', 'INVALID_FORMAT', 'PROMOTIONAL', 'TAG_CONTENT_MISMATCH', 'SCAM', 'NONE']).default('INVALID_FORMAT'),
  /** UTILITY submissions whose text reads promotional are approved as MARKETING. */
  recategorise: z.boolean().default(true),
  /** New marketing templates are paced until GREEN; absent: they are not. */
  pacing: pacing.optional(),
});

const quality = z.strictObject({
  /** A delivered message that nobody read within a day weighs this much, a read one -`readHeals`, a block `blockHurts`. */
  unreadHurts: z.number().default(0.01),
  readHeals: z.number().default(0.02),
  blockHurts: z.number().default(1),
  /** Score, which decays to 0 by half in `halfLifeMs`, from which a number or template is YELLOW, RED. Relative to 1 000 messages. */
  yellowAt: z.number().default(20),
  redAt: z.number().default(60),
  halfLifeMs: z.number().positive().default(DAY_MS),
  /** Template pauses: the third disables. */
  pauseLadderMs: z.array(z.number().positive()).default([3 * HOUR_MS, 6 * HOUR_MS]),
});

const media = z.strictObject({
  livesForMs: z.number().positive().default(30 * DAY_MS),
  urlLivesForMs: z.number().positive().default(5 * MINUTE_MS),
  /** Bytes kept for download; the oldest go first. */
  keepBytes: z.number().int().positive().default(128 * 1_024 * 1_024),
});

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
  /** For `slow`. */
  delayMs: z.number().min(0).default(5_000),
});

const target = { number: z.union([z.string(), z.number().int().positive()]).optional(), template: z.string().optional(), language: z.string().optional() };

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
  z.strictObject({ do: z.literal('ban-account'), wabaId: z.string().optional(), state: z.enum(['DISABLE', 'REINSTATE', 'SCHEDULE_FOR_DISABLE']).default('DISABLE') }),
  z.strictObject({ do: z.literal('unsubscribe-apps'), wabaId: z.string().optional() }),
  z.strictObject({ do: z.literal('set-messaging-limit'), messagingLimit: portfolio.shape.messagingLimit.unwrap() }),
  z.strictObject({ do: z.literal('stop-storm'), ...target, share: share, perSecond: z.number().positive() }),
]);

const event = z.looseObject({ at: instant }).transform(({ at, ...action }, context) => {
  const parsed = actionSettings.safeParse(action);
  if (parsed.success) return { at, action: parsed.data };
  for (const { message, path } of parsed.error.issues) context.addIssue({ code: 'custom', message, path });
  return z.NEVER;
});

const origin = z.strictObject({
  /** Share of fetches of pack images that fail, and how. */
  failShare: share.default(0),
  failHttpStatus: z.number().int().min(400).max(599).default(503),
  slowShare: share.default(0),
  slowMs: z.number().min(0).default(5_000),
});

export const simulatorSettings = z.strictObject({
  /** What the file is about, for people. */
  about: z.string().default(''),
  seed: z.number().int().default(1),
  timeZone: z.string().default('Asia/Kolkata'),
  /** Graph versions that are answered, oldest and newest. */
  versions: z.strictObject({ oldest: z.string().default('v20.0'), newest: z.string().default('v26.0') }).prefault({}),
  apps: z.array(app).min(1),
  tokens: z.array(token).min(1),
  portfolios: z.array(portfolio).min(1),
  wabas: z.array(waba).min(1),
  numbers: z.array(number).min(1),
  templates: z.array(template).default([]),
  recipients: recipients.prefault({}),
  journey: journey.prefault({}),
  webhooks: webhooks.prefault({}),
  limits: limits.prefault({}),
  review: review.prefault({}),
  quality: quality.prefault({}),
  media: media.prefault({}),
  origin: origin.prefault({}),
  faults: z.array(faultSettings).default([]),
  events: z.array(event).default([]),
});

export type SimulatorSettings = z.output<typeof simulatorSettings>;
export type FaultSettings = z.output<typeof faultSettings>;
export type ActionSettings = z.output<typeof actionSettings>;
export type RecipientSettings = z.output<typeof recipientSettings>;
export type TemplateSettings = z.output<typeof template>;
export type PacingSettings = z.output<typeof pacing>;
export type PortfolioSettings = z.output<typeof portfolio>;

/** What may change while the simulator runs: how it behaves, not who and what exists. */
export const liveSettings = simulatorSettings.pick({ recipients: true, journey: true, webhooks: true, limits: true, review: true, quality: true, media: true, origin: true });

export type LiveSettings = z.output<typeof liveSettings>;
