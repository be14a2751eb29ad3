import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { newLocalToken } from '@daybreak/access';
import {
  launchServices,
  type LaunchedServices,
  type LaunchOptions,
  type PreparedNamespace,
  type ServiceSpec,
  type Stack,
  type Urls,
} from '@daybreak/local-stack';
import { stringify } from 'yaml';
import type { MorningOptions } from './morning-options.js';
import { familiesFile, NUMBERS, numbersRegistry, simulatorSettings } from './platform.js';
import type { Advisor } from './population.js';
import { CLOCK_STARTS_AT, RUN_TIMES, TENANT, TIME_ZONE } from './run-plan.js';

export type Tokens = Readonly<Record<'viewer' | 'operator', ReturnType<typeof newLocalToken>>>;

/** Number of sender processes: one per shard and a spare pod that takes over what a dead one leaves. */
const SENDERS = NUMBERS.length + 1;
const LEAD_S = { base: 40, perThousandAdvisors: 1.5 };

/** Writes what the processes read and starts them all: the stand-in for Meta and every service. */
export async function launchMorning(
  options: MorningOptions,
  stack: Stack,
  namespace: PreparedNamespace,
  tokens: Tokens,
  advisors: readonly Advisor[],
): Promise<LaunchedServices> {
  const simulatorFile = join(options.outDir, 'simulator.yaml');
  const numbersFile = join(options.outDir, 'numbers.yaml');
  const templateFamilies = join(options.outDir, 'families.yaml');
  const category = options.packCategory ?? 'UTILITY';
  const {
    CLOUD_API_APP_ID: appId = '',
    CLOUD_API_TOKEN: accessToken = '',
    CLOUD_API_APP_SECRET: appSecret = '',
    WEBHOOK_VERIFY_TOKEN: verifyToken = '',
  } = namespace.secrets;
  const secrets = { appId, accessToken, appSecret, verifyToken };
  await writeFile(simulatorFile, stringify(simulatorSettings(advisors, options.seed, secrets, category)));
  await writeFile(templateFamilies, stringify(await familiesFile(category)));
  await writeFile(numbersFile, stringify(numbersRegistry()));
  const leadSeconds = options.leadSeconds ?? LEAD_S.base + (LEAD_S.perThousandAdvisors * options.advisors) / 1_000;
  const services: ServiceSpec[] = [
    {
      name: 'cloud-api-simulator',
      env: {
        SIM_CONFIG: simulatorFile,
        SIM_SCENARIO: options.scenario,
        SIM_LEDGER_FILE: join(options.outDir, 'ledger.ndjson'),
      },
    },
    { name: 'quality-monitor', env: { NUMBERS_FILE: numbersFile } },
    { name: 'template-manager', env: { TEMPLATE_FAMILIES_FILE: resolve(templateFamilies) } },
    { name: 'ingest' },
    ...Array.from({ length: options.replicas?.scheduler ?? 1 }, (_, replica) => ({
      name: 'scheduler',
      instance: replica === 0 ? 'scheduler' : `scheduler-${replica}`,
      env: { ...RUN_TIMES, ...options.times, RUN_DAYS: '1', CONTENT_HTTP_ALLOWED: 'true', ADDRESS_JWE_REQUIRED: 'true' },
    })),
    ...Array.from({ length: options.replicas?.sender ?? SENDERS }, (_, ordinal) => ({
      name: 'sender',
      instance: `sender-${ordinal}`,
      env: (urls: Urls) => ({ SHARD_ORDINAL: String(ordinal), MEDIA_ORIGINS: urls['cloud-api-simulator'] ?? '' }),
    })),
    { name: 'sla-tracker' },
  ];
  return launchServices({
    ...(await detoured(options, stack, namespace)),
    logDir: join(options.outDir, 'logs'),
    clockSpec: { at: CLOCK_STARTS_AT, speed: options.speed, startsInMs: leadSeconds * 1_000 },
    env: { LOG_FORMAT: 'json', TENANT_ID: TENANT, TIME_ZONE, ACCESS_TOKENS: `${tokens.viewer.entry},${tokens.operator.entry}` },
    restartCrashed: true,
    onCrash: (crash) => options.say(`${crash.instance} ended (${crash.how}) and is started again`),
    services: services.map((service) => withVariables(service, options.env)),
  });
}

/** The stores' addresses as the services are given them. */
async function detoured(
  { detour }: MorningOptions,
  stack: Stack,
  namespace: PreparedNamespace,
): Promise<Pick<LaunchOptions, 'stack' | 'namespace'>> {
  if (detour === undefined) return { stack, namespace };
  const databaseUrls: Record<string, string> = {};
  for (const [service, url] of Object.entries(namespace.databaseUrls)) databaseUrls[service] = await detour('postgres', url);
  return {
    stack: { kafkaBrokers: await detour('kafka', stack.kafkaBrokers), redisUrl: await detour('redis', stack.redisUrl) },
    namespace: { ...namespace, databaseUrls },
  };
}

function withVariables(service: ServiceSpec, over: MorningOptions['env']): ServiceSpec {
  const layers = [service.env, over?.[service.name], service.instance === undefined ? undefined : over?.[service.instance]];
  return {
    ...service,
    env: (urls) =>
      Object.assign({}, ...layers.map((layer) => (typeof layer === 'function' ? layer(urls) : layer))) as Record<string, string>,
  };
}
