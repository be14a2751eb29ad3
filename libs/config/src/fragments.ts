import { parseClockSpec, reasonOf } from '@daybreak/kernel';
import { z } from 'zod';

/** A key that seals addresses. The first one configured seals; all of them open (two are valid during a rotation). */
export interface AddressKey {
  readonly keyId: string;
  /** 32 bytes, AES-256. */
  readonly key: Uint8Array;
}

/** Somebody who may sign in without an identity provider: what they are called, what they may do, and the SHA-256 of their token. */
export interface AccessToken {
  readonly subject: string;
  readonly roles: readonly string[];
  /** 32 bytes. */
  readonly sha256: Uint8Array;
}

const csv = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

const flag = z.stringbool({ truthy: ['true', '1'], falsy: ['false', '0'], error: 'must be true or false' });

/** Undefined unless the text is plain base64: `Buffer.from` would silently drop what it does not know. */
function decodeBase64(text: string): Uint8Array | undefined {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? new Uint8Array(Buffer.from(text, 'base64')) : undefined;
}

/** Spread into every service's schema. */
export const commonConfig = {
  NAMESPACE: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,23}$/, 'must be 1 to 24 of a-z, 0-9 and -, and start with a letter')
    .default('')
    .describe('Prefix of topics, consumer groups, queues, Redis keys and database schemas. One per cell, rehearsal or parallel test.'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info').describe('Least severe level that is logged.'),
  LOG_FORMAT: z.enum(['json', 'pretty']).default('json').describe('`json` for machines, `pretty` for people at a terminal.'),
  HTTP_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8080)
    .describe('Port of the HTTP server; 0 takes any free one and logs it.'),
  HTTP_HOST: z.string().default('0.0.0.0').describe('Address the HTTP server binds to.'),
  DAYBREAK_CLOCK: z
    .string()
    .superRefine((spec, context) => {
      try {
        parseClockSpec(spec);
      } catch (error) {
        context.addIssue({ code: 'custom', message: reasonOf(error) });
      }
    })
    .optional()
    .describe('`<virtual instant>@<speed>x@<epoch ms at which it was that instant>`. Absent: the wall clock.'),
  DAYBREAK_CLOCK_SKEW_MS: z.coerce.number().default(0).describe('Shifts the clock of this one process, ms. For fault tests.'),
  SHUTDOWN_GRACE_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(30_000)
    .describe('Longest wait for work in flight on SIGTERM, ms. Keep it below the pod’s terminationGracePeriodSeconds.'),
};

/** For whoever publishes or consumes events. */
export const kafkaConfig = {
  KAFKA_BROKERS: csv
    .refine(
      (brokers) => brokers.length > 0 && brokers.every((broker) => /^[^\s:/]+:\d+$/.test(broker)),
      'must be host:port, separated by commas',
    )
    .describe('Bootstrap brokers, `host:port`, separated by commas.'),
  KAFKA_SSL: flag.default(false).describe('Speak TLS to the brokers.'),
  KAFKA_SASL_MECHANISM: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'])
    .optional()
    .describe('SASL mechanism. Absent: no authentication.'),
  KAFKA_SASL_USERNAME: z.string().optional().describe('SASL user; required with KAFKA_SASL_MECHANISM.'),
  KAFKA_SASL_PASSWORD: z.string().optional().describe('SASL password; required with KAFKA_SASL_MECHANISM.'),
  KAFKA_SESSION_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(6_000)
    .max(300_000)
    .default(45_000)
    .describe(
      'Silence after which a consumer has lost its partitions, ms. Short where processes are killed on purpose: their group waits for it.',
    ),
};

/** For whoever keeps rows. */
export const databaseConfig = {
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must be a postgresql:// URL' })
    .describe('PostgreSQL, signed in as the service’s own role.'),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(200).default(10).describe('Most connections of one process.'),
};

/** For whoever has job queues, or counts together with other processes. */
export const redisConfig = {
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// URL' })
    .optional()
    .describe('Redis of the job queues. Must run with maxmemory-policy noeviction. Wins over REDIS_HOST.'),
  REDIS_HOST: z.string().optional().describe('Redis host, where there is no REDIS_URL.'),
  REDIS_PORT: z.coerce.number().int().min(1).max(65_535).default(6379).describe('Redis port, with REDIS_HOST.'),
  REDIS_PASSWORD: z.string().optional().describe('Redis password, with REDIS_HOST.'),
  REDIS_DB: z.coerce.number().int().min(0).max(15).default(0).describe('Redis database number, with REDIS_HOST.'),
  REDIS_TLS: flag.default(false).describe('Speak TLS to Redis, with REDIS_HOST; a rediss:// URL does so too.'),
  REDIS_CA: z
    .string()
    .includes('-----BEGIN CERTIFICATE-----', { error: 'must be certificates in PEM' })
    .optional()
    .describe('Authority that signed the certificate of Redis, PEM. Absent: those that the machine trusts.'),
  REDIS_CLUSTER: flag.default(false).describe('Redis is a cluster, of which the address is one node, or a name for all of them.'),
};

const addressKeys = csv.transform((parts, context): AddressKey[] =>
  parts.flatMap((part, index) => {
    const [keyId = '', encoded = ''] = part.split(':');
    const key = decodeBase64(encoded);
    if (/^[A-Za-z0-9_-]{1,16}$/.test(keyId) && key?.length === 32) return [{ keyId, key }];
    context.addIssue({
      code: 'custom',
      message: `entry ${index + 1} must be <key id>:<base64 of 32 bytes>, the key id 1 to 16 of A-Z a-z 0-9 _ -`,
    });
    return [];
  }),
);

/** For whoever seals, opens or hashes addresses and wamids. */
export const privacyConfig = {
  ADDRESS_KEYS: addressKeys
    .refine((keys) => keys.length > 0, 'needs at least one key')
    .refine((keys) => new Set(keys.map((k) => k.keyId)).size === keys.length, 'names a key id twice')
    .describe('Keys that seal addresses: `<key id>:<base64 of 32 bytes>`, separated by commas. The first seals, all open.'),
  ADDRESS_PEPPER: z
    .string()
    .transform((text, context): Uint8Array => {
      const pepper = decodeBase64(text);
      if (pepper !== undefined && pepper.length >= 32) return pepper;
      context.addIssue({ code: 'custom', message: 'must be base64 of at least 32 bytes' });
      return new Uint8Array();
    })
    .describe('Pepper of address keys and wamid hashes: base64 of at least 32 bytes. Never rotated: it is what makes two hashes equal.'),
  ADDRESS_JWE_PRIVATE_KEY: z
    .string()
    .transform((text, context): Record<string, unknown> => {
      const jwk = parseJson(text);
      if (jwk !== null && typeof jwk === 'object' && 'kty' in jwk && 'd' in jwk) return jwk;
      context.addIssue({ code: 'custom', message: 'must be a private JWK as JSON' });
      return {};
    })
    .optional()
    .describe('Private JWK (JSON) that opens addresses which came as JWE.'),
  ADDRESS_JWE_REQUIRED: flag.default(false).describe('Refuse addresses in clear. True in production.'),
};

/** Undefined where the text is not JSON; the parser's own message would quote the secret. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** For whoever calls Meta. */
export const cloudApiConfig = {
  CLOUD_API_BASE_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
    .default('https://graph.facebook.com')
    .describe('Origin of the Cloud API, or of the simulator.'),
  CLOUD_API_VERSION: z
    .string()
    .regex(/^v\d+\.\d+$/, 'must look like v24.0')
    .default('v24.0')
    .describe('Graph API version.'),
  CLOUD_API_TOKEN: z.string().describe('System user token with whatsapp_business_messaging and whatsapp_business_management.'),
  CLOUD_API_TOKEN_2: z.string().optional().describe('Second token, for when Meta refuses the first: while one is replaced, both are good.'),
  CLOUD_API_APP_ID: z.string().describe('Id of the Meta app that owns the webhook.'),
  CLOUD_API_APP_SECRET: z
    .string()
    .optional()
    .describe('App secret; adds appsecret_proof to every request, and lets tokens that expire be renewed.'),
  CLOUD_API_TOKEN_CHECK_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .default(3_600_000)
    .describe('How often a process looks at its tokens, ms. One that expires within a week is exchanged.'),
  CLOUD_API_CALLS_PER_HOUR: z.coerce
    .number()
    .int()
    .min(1)
    .default(5_000)
    .describe(
      'Management calls about one WABA in an hour, of all services together. Meta grants 200 to a WABA without a registered number.',
    ),
};

const ACCESS_TOKEN =
  /^([A-Za-z0-9][A-Za-z0-9._@-]{0,63}):((?:viewer|operator|approver|dpo)(?:\+(?:viewer|operator|approver|dpo))*):([0-9a-f]{64})$/;

const accessTokens = csv.transform((parts, context): AccessToken[] =>
  parts.flatMap((part, index) => {
    const [, subject, roles, digest] = ACCESS_TOKEN.exec(part) ?? [];
    if (subject !== undefined && roles !== undefined && digest !== undefined)
      return [{ subject, roles: roles.split('+'), sha256: new Uint8Array(Buffer.from(digest, 'hex')) }];
    context.addIssue({
      code: 'custom',
      message: `entry ${index + 1} must be <subject>:<role>+<role>:<64 hex digits>, roles of viewer, operator, approver, dpo`,
    });
    return [];
  }),
);

/** Who may call a service's operator API. Nothing set: nobody. */
export const accessConfig = {
  ACCESS_OIDC_ISSUER: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
    .optional()
    .describe('OIDC provider whose access tokens are accepted. Absent: none.'),
  ACCESS_OIDC_AUDIENCE: z.string().optional().describe('Audience that a token must be meant for; required with ACCESS_OIDC_ISSUER.'),
  ACCESS_OIDC_JWKS_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
    .optional()
    .describe('Where the provider publishes its keys. Absent: found through its discovery document.'),
  ACCESS_OIDC_ROLES_CLAIM: z
    .string()
    .default('roles')
    .describe('Claim that lists the roles (viewer, operator, approver, dpo), or the path to it, e.g. `realm_access.roles`.'),
  ACCESS_OIDC_SUBJECT_CLAIM: z.string().default('sub').describe('Claim that names the caller in the audit log.'),
  ACCESS_TOKENS: accessTokens
    .prefault('')
    .describe(
      'Tokens where there is no provider: `<subject>:<role>+<role>:<SHA-256 of the token, hex>`, separated by commas. `daybreak tokens new` makes one.',
    ),
};

/** What `accessConfig` parses to. */
export type AccessConfig = z.output<z.ZodObject<typeof accessConfig>>;
