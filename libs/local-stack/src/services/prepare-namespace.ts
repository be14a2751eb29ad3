import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { migrate, schemaNameOf } from '@daybreak/database';
import { ensureTopics } from '@daybreak/event-bus';
import type { Stack } from '../stack.js';

/** Schemas, roles, topics and secrets of one installation: nothing in it meets another namespace of the same stack. */
export interface PreparedNamespace {
  /** NAMESPACE; empty in an ordinary installation. */
  readonly name: string;
  /** By service folder: PostgreSQL, signed in as the service's own role. */
  readonly databaseUrls: Readonly<Record<string, string>>;
  /** Keys that seal addresses, tokens, app secrets: made here, because what lies in this namespace is sealed with them. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** Where a namespace differs from what production would have. */
export interface PrepareOptions {
  /** The clone whose migrations are applied. Default: the working directory. */
  readonly repositoryRoot?: string | undefined;
  /** Partitions of every topic, instead of the catalogue's; for those who make many namespaces. */
  readonly partitions?: number | undefined;
}

/** Applies the migrations of each named service that has any, gives its role a password, and creates the catalogue's topics. */
export async function prepareNamespace(
  stack: Pick<Stack, 'databaseUrl' | 'kafkaBrokers'>,
  name: string,
  services: readonly string[],
  options: PrepareOptions = {},
): Promise<PreparedNamespace> {
  const root = options.repositoryRoot ?? process.cwd();
  const withDatabase = [...new Set(services)].filter((service) => existsSync(migrationsOf(root, service)));
  const { partitions } = options;
  const [urls] = await Promise.all([
    Promise.all(withDatabase.map((service) => prepareSchema(stack.databaseUrl, name, service, migrationsOf(root, service)))),
    ensureTopics({ brokers: stack.kafkaBrokers.split(','), namespace: name, ...(partitions === undefined ? {} : { partitions }) }),
  ]);
  return { name, databaseUrls: Object.fromEntries(urls), secrets: newSecrets() };
}

const migrationsOf = (root: string, service: string): string => join(root, 'services', service, 'prisma', 'migrations');

async function prepareSchema(
  adminUrl: string,
  namespace: string,
  service: string,
  migrationsDir: string,
): Promise<[service: string, url: string]> {
  const rolePassword = randomBytes(18).toString('base64url');
  await migrate({ adminUrl, service, namespace, migrationsDir, rolePassword });
  const url = new URL(adminUrl);
  url.username = schemaNameOf(service, namespace);
  url.password = rolePassword;
  return [service, url.href];
}

/** The app in the simulator's own settings (services/cloud-api-simulator/config/default.yaml). */
const SIMULATED_APP_ID = '1032457986104517';

/** The simulator and the services that call it or are called by it share a token, an app secret and a verify token. */
function newSecrets(): Record<string, string> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const token = `local-${randomBytes(18).toString('base64url')}`;
  const appSecret = randomBytes(16).toString('hex');
  const verifyToken = randomBytes(16).toString('hex');
  return {
    ADDRESS_KEYS: `local1:${randomBytes(32).toString('base64')}`,
    ADDRESS_PEPPER: randomBytes(32).toString('base64'),
    ADDRESS_JWE_PRIVATE_KEY: JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'local1' }),
    CLOUD_API_TOKEN: token,
    CLOUD_API_APP_ID: SIMULATED_APP_ID,
    CLOUD_API_APP_SECRET: appSecret,
    WEBHOOK_APP_SECRETS: appSecret,
    WEBHOOK_VERIFY_TOKEN: verifyToken,
    SIM_ACCESS_TOKEN: token,
    SIM_APP_SECRET: appSecret,
    SIM_WEBHOOK_VERIFY_TOKEN: verifyToken,
  };
}
