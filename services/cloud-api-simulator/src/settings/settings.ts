import { z } from 'zod';
import { app, number, portfolio, template, token, waba } from './account-settings.js';
import { journey, limits, media, origin, quality, recipients, review, webhooks } from './behaviour-settings.js';
import { actionSettings, event, faultSettings } from './incident-settings.js';

/*
 * Everything the simulator can be told, in one schema: the file of SIM_CONFIG, a scenario file laid over it, and what the admin API
 * changes while it runs. All durations are milliseconds of the simulated clock unless a name says otherwise; shares are 0 to 1.
 */

export const simulatorSettings = z.strictObject({
  /** What the file is about, for people. */
  about: z.string().default(''),
  /** For those who run and judge the morning (test/morning, test/witness): how Daybreak is set up, what must come of it. The platform looks at neither. */
  daybreak: z.record(z.string(), z.unknown()).optional(),
  expect: z.record(z.string(), z.unknown()).optional(),
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
  /** What has happened already when the simulator starts: nobody is told. */
  initially: z.array(actionSettings).default([]),
  events: z.array(event).default([]),
});

export type SimulatorSettings = z.output<typeof simulatorSettings>;

/** What may change while the simulator runs: how it behaves, not who and what exists. */
export const liveSettings = simulatorSettings.pick({
  recipients: true,
  journey: true,
  webhooks: true,
  limits: true,
  review: true,
  quality: true,
  media: true,
  origin: true,
});

export type LiveSettings = z.output<typeof liveSettings>;
