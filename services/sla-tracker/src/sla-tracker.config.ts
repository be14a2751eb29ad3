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
  KEEP_DAYS: z.coerce
    .number()
    .int()
    .min(15) // longer than Kafka keeps the events: a day that is gone must not be opened again
    .default(400)
    .describe('How many days deliveries are kept, without any address. Seals and the audit log stay.'),
  EVENTS_KEEP_DAYS: z.coerce.number().int().min(15).default(30).describe('The same for the raw events behind them; at most KEEP_DAYS.'),
});

export type SlaTrackerConfig = z.output<typeof slaTrackerConfig>;
