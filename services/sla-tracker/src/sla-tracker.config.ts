import { accessConfig, commonConfig, databaseConfig, kafkaConfig } from '@daybreak/config';
import { z } from 'zod';

/** Every variable the sla-tracker reads. The README table is made from this. */
export const slaTrackerConfig = z.object({
  ...commonConfig,
  ...kafkaConfig,
  ...databaseConfig,
  ...accessConfig,
  SEAL_PATIENCE_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(5_000)
    .describe('How long the live seal waits, in real ms, while deliveries have no end: their events may be on the way.'),
});

export type SlaTrackerConfig = z.output<typeof slaTrackerConfig>;
