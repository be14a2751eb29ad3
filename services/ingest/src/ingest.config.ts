import { accessConfig, cloudApiConfig, commonConfig, databaseConfig, kafkaConfig, privacyConfig, redisConfig } from '@daybreak/config';
import { z } from 'zod';

const secrets = z
  .string()
  .default('')
  .transform((text) => text.split(',').map((secret) => secret.trim()).filter((secret) => secret !== '')); // prettier-ignore

/** Every variable ingest reads. The README table is generated from this. */
export const ingestConfig = z.object({
  ...commonConfig,
  ...kafkaConfig,
  ...databaseConfig,
  ...redisConfig,
  ...privacyConfig,
  ...cloudApiConfig,
  ...accessConfig,
  WEBHOOK_APP_SECRETS: secrets
    .refine((list) => list.length <= 2, 'at most two: the current one and the one being rotated')
    .describe(
      'App secrets that webhooks are signed with, separated by commas; two while one is rotated. Without any, every webhook is refused.',
    ),
  WEBHOOK_VERIFY_TOKEN: z
    .string()
    .default('')
    .describe('Token that Meta repeats when the callback URL is registered. Empty: the handshake is refused.'),
  WEBHOOK_BUFFER_EVENTS: z.coerce
    .number()
    .int()
    .min(100)
    .default(20_000)
    .describe('Events that may wait for Kafka or for the spool; above it, 503. A fifth of it is kept for messages from people.'),
  WEBHOOK_BUFFER_MIB: z.coerce
    .number()
    .int()
    .min(8)
    .default(64)
    .describe('The same limit by the size of the webhooks that they came in, MiB.'),
  WEBHOOK_KAFKA_PATIENCE_MS: z.coerce
    .number()
    .int()
    .min(100)
    .default(2_000)
    .describe('How long Kafka may take to acknowledge before events go to the spool, ms.'),
  WEBHOOK_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
    .optional()
    .describe('Where Meta has to send webhooks, path included. The app’s callback and every WABA’s override are compared with it.'),
  WEBHOOK_CLIENT_CN: z
    .string()
    .default('')
    .describe(
      'Common name that a client certificate must have, as the ingress passes it on: `client.webhooks.fbclientcerts.com`. Empty: not asked.',
    ),
  CONSENT_TIME_ZONE: z.string().default('Asia/Kolkata').describe('Zone of the dates people write, e.g. “pause until 15 December”.'),
  SUBSCRIPTION_CHECK_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .default(600_000)
    .describe('How often every WABA’s webhook subscription is checked, ms.'),
});

export type IngestConfig = z.output<typeof ingestConfig>;
