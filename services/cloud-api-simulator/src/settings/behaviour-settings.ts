import { z } from 'zod';
import { e164, instant, lag, pacing, share } from './primitives.js';

/* How the platform and people behave. All of it may change while the simulator runs. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const recipientSettings = z.strictObject({
  phoneNumber: e164,
  onWhatsApp: z.boolean().optional(),
  phoneOffUntil: instant.optional(),
  marketing: z.enum(['takes', 'capped', 'holdout', 'opted-out']).optional(),
  reaction: z.enum(['none', 'stops', 'taps', 'blocks']).optional(),
  reads: z.boolean().optional(),
});

export const recipients = z.strictObject({
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
      /** `failed` with 131026 comes first, then the message is delivered all the same. */
      failedThenDelivered: share.default(0),
    })
    .prefault({}),
  stopText: z.string().default('STOP'),
  phoneOnAgainAfter: lag(45 * MINUTE_MS, 5 * HOUR_MS, 3 * DAY_MS),
  reactsAfter: lag(90_000, 20 * MINUTE_MS, 6 * HOUR_MS),
  explicit: z.array(recipientSettings).default([]),
});

export const journey = z.strictObject({
  sentAfter: lag(700, 2_500, 20_000),
  deliveredAfter: lag(900, 6_000, 120_000),
  readAfter: lag(4 * MINUTE_MS, 90 * MINUTE_MS, 20 * HOUR_MS),
  failedAfter: lag(1_500, 6_000, 60_000),
});

export const webhooks = z.strictObject({
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
  retryForMs: z
    .number()
    .min(0)
    .default(7 * DAY_MS),
  /** Real milliseconds: how long an answer may take. */
  answerTimeoutMs: z.number().int().min(100).default(20_000),
  /** `user_id` beside phone numbers, as since March 2026. */
  businessScopedUserIds: z.boolean().default(true),
});

export const limits = z.strictObject({
  pair: z.boolean().default(true),
  managementPerHour: z.number().int().positive().default(5_000),
  managementPerHourWithoutNumber: z.number().int().positive().default(200),
  /** Meta's table says 400, its OpenAPI 429, captures 403. */
  throttlingHttpStatus: z.union([z.literal(400), z.literal(403), z.literal(429)]).default(400),
  templatesPerHour: z.number().int().positive().default(100),
});

export const review = z.strictObject({
  takes: lag(2 * HOUR_MS, 20 * HOUR_MS, 26 * HOUR_MS),
  /** Names that are refused, as regular expressions. */
  rejectNames: z.array(z.string()).default([]),
  rejectReason: z
    .enum(['ABUSIVE_CONTENT', 'INVALID_FORMAT', 'PROMOTIONAL', 'TAG_CONTENT_MISMATCH', 'SCAM', 'NONE'])
    .default('INVALID_FORMAT'),
  /** UTILITY submissions whose text reads promotional are approved as MARKETING. */
  recategorise: z.boolean().default(true),
  /** New marketing templates are paced until GREEN; absent: they are not. */
  pacing: pacing.optional(),
});

export const quality = z.strictObject({
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

export const media = z.strictObject({
  livesForMs: z
    .number()
    .positive()
    .default(30 * DAY_MS),
  urlLivesForMs: z
    .number()
    .positive()
    .default(5 * MINUTE_MS),
  /** Bytes kept for download; the oldest go first. */
  keepBytes: z
    .number()
    .int()
    .positive()
    .default(128 * 1_024 * 1_024),
});

export const origin = z.strictObject({
  /** Share of fetches of pack images that fail, and how. */
  failShare: share.default(0),
  failHttpStatus: z.number().int().min(400).max(599).default(503),
  slowShare: share.default(0),
  slowMs: z.number().min(0).default(5_000),
});

export type RecipientSettings = z.output<typeof recipientSettings>;
