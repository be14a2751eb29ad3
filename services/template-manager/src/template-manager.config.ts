import { cloudApiConfig, commonConfig, databaseConfig, kafkaConfig, privacyConfig } from '@daybreak/config';
import { z } from 'zod';

/** Every variable the template manager reads. The README table is generated from this. */
export const templateManagerConfig = z.object({
  ...commonConfig,
  ...kafkaConfig,
  ...databaseConfig,
  ...privacyConfig,
  ...cloudApiConfig,
  TEMPLATE_FAMILIES: z
    .string()
    .transform((text) => text.split(',').map((family) => family.trim()))
    .refine(
      (families) => families.every((family) => /^[a-z0-9_]{1,500}$/.test(family)),
      'must be template names without version, separated by commas',
    )
    .default(['daily_pack', 'daily_nudge'])
    .describe('Families that are watched, separated by commas. A template belongs to one by its name: `<family>_v<n>`.'),
  TEMPLATE_CHECK_MS: z.coerce.number().int().min(1_000).default(300_000).describe('How often the templates of every WABA are listed, ms.'),
});

export type TemplateManagerConfig = z.output<typeof templateManagerConfig>;
