import { cloudApiConfig, commonConfig, databaseConfig, kafkaConfig, privacyConfig, redisConfig } from '@daybreak/config';
import { z } from 'zod';

/** Every variable the quality monitor reads. The README table is generated from this. */
export const qualityMonitorConfig = z.object({
  ...commonConfig,
  ...kafkaConfig,
  ...databaseConfig,
  ...redisConfig,
  ...privacyConfig,
  ...cloudApiConfig,
  NUMBERS_FILE: z.string().min(1).describe('YAML file of the WABAs and phone numbers (README, “The registry”).'),
  NUMBER_CHECK_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .default(300_000)
    .describe('How often every number, WABA and token is read from the platform, ms.'),
  COOLDOWN_HOURS: z.coerce.number().min(0).default(48).describe('How long a number stays in cooldown after its rating was RED, hours.'),
});

export type QualityMonitorConfig = z.output<typeof qualityMonitorConfig>;
