import { cloudApiConfig, commonConfig, databaseConfig, kafkaConfig, privacyConfig, redisConfig } from '@daybreak/config';
import { z } from 'zod';

/** Every variable the template manager reads. The README table is generated from this. */
export const templateManagerConfig = z.object({
  ...commonConfig,
  ...kafkaConfig,
  ...databaseConfig,
  ...redisConfig,
  ...privacyConfig,
  ...cloudApiConfig,
  TEMPLATE_FAMILIES_FILE: z
    .string()
    .optional()
    .describe(
      'YAML file of the families that are watched and may be submitted (README, “The families”). Absent: `config/families.yaml` of the service.',
    ),
  SUBMIT_MISSING: z
    .stringbool({ truthy: ['true', '1'], falsy: ['false', '0'], error: 'must be true or false' })
    .default(false)
    .describe('Submit for review what is prepared and not on a WABA yet.'),
  TEMPLATE_CHECK_MS: z.coerce.number().int().min(1_000).default(300_000).describe('How often the templates of every WABA are listed, ms.'),
});

export type TemplateManagerConfig = z.output<typeof templateManagerConfig>;
