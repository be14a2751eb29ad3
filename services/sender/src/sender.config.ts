import { accessConfig, cloudApiConfig, commonConfig, databaseConfig, kafkaConfig, privacyConfig, redisConfig } from '@daybreak/config';
import { z } from 'zod';

/** The sender's group on every topic. */
export const CONSUMER_GROUP = 'sender';

const origins = z
  .string()
  .default('')
  .transform((text, context): string[] =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .flatMap((part) => {
        const url = URL.parse(part);
        if (url && (url.protocol === 'https:' || url.protocol === 'http:')) return url.origin;
        context.addIssue({ code: 'custom', message: 'must be origins like https://cdn.example, separated by commas' });
        return [];
      }),
  );

const testRecipients = z
  .string()
  .default('')
  .transform((text, context): { readonly recipientId: string; readonly addressKey: string }[] =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .flatMap((part, index) => {
        const [, recipientId, addressKey] = /^([^\s:]{1,128}):([0-9a-f]{64})$/.exec(part) ?? [];
        if (recipientId !== undefined && addressKey !== undefined) return { recipientId, addressKey };
        context.addIssue({ code: 'custom', message: `entry ${index + 1} must be <recipient id>:<address key, 64 hex digits>` });
        return [];
      }),
  );

/** Every variable the sender reads. The README table is generated from this. */
export const senderConfig = z.object({
  ...commonConfig,
  ...kafkaConfig,
  ...databaseConfig,
  ...redisConfig,
  ...privacyConfig,
  ...cloudApiConfig,
  ...accessConfig,
  // The shortest there is: the webhooks that settle a dead owner's sends must not wait behind its Kafka session longer than a takeover takes.
  KAFKA_SESSION_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(6_000)
    .default(6_000)
    .describe('A pod that is silent for so long loses its share of the topics, ms. The broker’s smallest is 6 000.'),
  SHARD_ORDINAL: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe('Place of this pod in the StatefulSet; it prefers the shard of that place. Absent, or beyond the last shard: a spare.'),
  SHARD_IN_FLIGHT: z.coerce
    .number()
    .int()
    .min(1)
    .max(4_096)
    .default(512)
    .describe(
      'Requests of one shard on the wire at once. 1 000 messages/s need 130 when answers take 60 ms, 400 when they take 300 (measured).',
    ),
  MAX_ATTEMPTS: z.coerce
    .number()
    .int()
    .min(1)
    .max(10)
    .default(3)
    .describe('POSTs per delivery that Meta looked at. What it refused unseen (too fast, paused) does not count.'),
  LATE_POLICY: z
    .enum(['none', 'send-late'])
    .default('none')
    .describe('`send-late` lets campaign POSTs start after the window, until the live seal; counted as late.'),
  AMBIGUOUS_POLICY: z
    .enum(['resend', 'hold'])
    .default('resend')
    .describe('What happens to a send of which nobody knows whether Meta took it, when no webhook settles it: send again, or never.'),
  RESOLVE_AFTER_SECONDS: z.coerce
    .number()
    .min(1)
    .default(45)
    .describe(
      'How long a webhook is waited for before that policy decides, seconds of the run’s clock. Above the usual lag of Meta’s webhooks.',
    ),
  CLOUD_API_TIMEOUT_MS: z.coerce.number().int().min(100).default(10_000).describe('Longest wait for the answer to one message, ms.'),
  SETTLE_LINGER_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(2_000)
    .default(200)
    .describe('How long a lone result waits for company before it is written, ms.'),
  MEDIA_ORIGINS: origins.describe(
    'Origins that packs may point at, separated by commas, e.g. `https://cdn.example`. Nothing else is fetched.',
  ),
  TEST_RECIPIENTS: testRecipients.describe(
    'Whose address `POST /messages` may bring along: `<recipient id>:<address key>`, separated by commas. A refused request names its entry.',
  ),
  KEEP_DAYS: z.coerce.number().int().min(2).default(14).describe('How many days deliveries and their attempts are kept.'),
});

export type SenderConfig = z.output<typeof senderConfig>;
