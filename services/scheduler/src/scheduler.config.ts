import { accessConfig, commonConfig, databaseConfig, kafkaConfig, privacyConfig } from '@daybreak/config';
import { isAppError } from '@daybreak/kernel';
import { parseSpread, sendWindowFor } from '@daybreak/timing';
import { z } from 'zod';
import { windowOptionsOf } from './run/window-options.js';

/** Kafka consumer group of all replicas. */
export const CONSUMER_GROUP = 'scheduler';

const localTime = z.string().regex(/^\d{2}:\d{2}(:\d{2})?$/, 'must be a local time HH:mm or HH:mm:ss');

const words = z
  .string()
  .transform((text) => text.split(',').map((word) => word.trim()))
  .refine((list) => list.every((word) => /^[A-Za-z_]{2,10}$/.test(word)), 'must be language codes, separated by commas');

/** Every variable the scheduler reads. The README table is generated from this. */
export const schedulerConfig = z
  .object({
    ...commonConfig,
    ...kafkaConfig,
    ...databaseConfig,
    ...privacyConfig,
    ...accessConfig,
    TENANT_ID: z
      .string()
      .regex(/^[a-z][a-z0-9]{0,31}$/, 'must be 1 to 32 of a-z and 0-9, starting with a letter')
      .default('main')
      .describe('Tenant whose runs this installation plans.'),
    LANGUAGES: words.default(['en', 'hi', 'mr']).describe('Languages of recipients and packs, separated by commas.'),
    TIME_ZONE: z.string().default('Asia/Kolkata').describe('IANA zone of all local times below.'),
    RUN_WINDOW: z
      .string()
      .regex(/^\d{4}$/, 'must be HHmm')
      .default('0600')
      .describe('Advertised local time of the run, `HHmm`; the last part of the run id.'),
    KEEP_DAYS: z.coerce
      .number()
      .int()
      .min(2)
      .default(400)
      .describe('How many days plans are kept: who got what, and who got nothing, and why.'),
    RUN_DAYS: z.coerce.number().int().min(1).max(14).default(2).describe('How many days ahead runs are announced, today included.'),
    FREEZE_AT: localTime.default('05:45').describe('The plan is bound by its hash.'),
    STAGED_BY: localTime.default('05:55').describe('Every shard must have reported what it was given.'),
    WINDOW_OPENS: localTime.default('05:59:30').describe('T: no POST starts before it.'),
    WINDOW_CLOSES: localTime.default('06:04:30').describe('No POST starts at or after it.'),
    RETRY_RESERVE_SECONDS: z.coerce
      .number()
      .int()
      .min(0)
      .max(3_600)
      .default(60)
      .describe('End of the window that is kept free of first attempts, seconds.'),
    SLA_DEADLINE: localTime.default('06:05:00').describe('On time means stamped before it.'),
    LIVE_SEAL_AT: localTime.default('06:15').describe('The live figure is sealed.'),
    FINAL_SEAL_AFTER_HOURS: z.coerce.number().min(0).max(168).default(24).describe('From the live to the final seal, hours.'),
    SPREAD: z
      .string()
      .refine(isSpread, 'must look like window, duration:120s or stagger:20ms')
      .default('window')
      .describe('How first attempts are spread: `window`, `duration:120s` or `stagger:20ms`.'),
    SLA_OBJECTIVE: z.coerce.number().min(0).max(1).default(0.99).describe('Contractual on-time share, 0 to 1.'),
    SLA_STAGE: z.enum(['sent', 'delivered']).default('sent').describe('Stage the objective is judged on.'),
    TEMPLATE_FAMILY: z.string().default('daily_pack').describe('Template family of delivery mode `direct`.'),
    NUDGE_FAMILY: z.string().default('daily_nudge').describe('Template family of delivery mode `nudge`.'),
    CONTENT_HTTP_ALLOWED: z
      .stringbool({ truthy: ['true', '1'], falsy: ['false', '0'], error: 'must be true or false' })
      .default(false)
      .describe('Take packs whose parts are at http:// addresses. For tests and the demo.'),
  })
  .superRefine((config, context) => {
    try {
      sendWindowFor(windowOptionsOf(config, '2000-01-01')); // any date: only the order of the times is looked at
    } catch (error) {
      if (!isAppError(error)) throw error;
      for (const { field, reason } of error.violations)
        context.addIssue({ code: 'custom', path: [VARIABLE_OF[field] ?? field], message: inVariables(reason) });
    }
  });

export type SchedulerConfig = z.output<typeof schedulerConfig>;

/** libs/timing names its options; people set variables. */
const VARIABLE_OF: Readonly<Record<string, string>> = {
  tz: 'TIME_ZONE',
  freezeAt: 'FREEZE_AT',
  stagedBy: 'STAGED_BY',
  windowStart: 'WINDOW_OPENS',
  opensAt: 'WINDOW_OPENS',
  firstAttemptsEndAt: 'RETRY_RESERVE_SECONDS',
  windowEnd: 'WINDOW_CLOSES',
  closesAt: 'WINDOW_CLOSES',
  slaDeadline: 'SLA_DEADLINE',
  deadlineAt: 'SLA_DEADLINE',
  liveSealAt: 'LIVE_SEAL_AT',
};

const inVariables = (reason: string): string => reason.replace(/\b[a-zA-Z]+\b/g, (word) => VARIABLE_OF[word] ?? word);

function isSpread(text: string): boolean {
  try {
    parseSpread(text);
    return true;
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}
