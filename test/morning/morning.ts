import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { newLocalToken } from '@daybreak/access';
import { clockFrom, type Clock } from '@daybreak/kernel';
import {
  launchServices,
  prepareNamespace,
  startStack,
  type LaunchedServices,
  type LaunchOptions,
  type PreparedNamespace,
  type ServiceSpec,
  type Stack,
  type Urls,
} from '@daybreak/local-stack';
import { stringify } from 'yaml';
import { readLedger } from '../witness/ledger.js';
import { figuresOf, type Figures, type Judgement } from '../witness/figures.js';
import { disagreements } from '../witness/disagreements.js';
import { brokenPromises, withoutMessage } from '../witness/judge.js';
import type { Audience } from '../witness/expectation.js';
import { OutsideTeam } from './outside-team.js';
import { familiesFile, NUMBERS, numbersRegistry, simulatorSettings, type PackCategory } from './platform.js';
import { advisorsOf, type Advisor, type Part } from './population.js';
import type { RunReport } from './report.js';
import { CLOCK_STARTS_AT, instantMs, RUN_DATE, RUN_ID, RUN_TIMES, TENANT, TIME_ZONE, type RunTimes } from './run-plan.js';

export interface MorningOptions {
  readonly advisors: number;
  readonly speed: number;
  readonly seed: number;
  readonly scenario: string;
  /** Default: UTILITY, as the families file that ships. */
  readonly packCategory?: PackCategory | undefined;
  /** Logs, ledger, settings and report go here; it is emptied first. */
  readonly outDir: string;
  readonly namespace: string;
  /** Real seconds from the launch to 05:58:30: enough for every process to start and every event to be projected. */
  readonly leadSeconds: number | undefined;
  readonly say: (line: string) => void;
  /** Stores that somebody else started and will stop. Absent: the morning has its own. */
  readonly stack?: Stack | undefined;
  /** Default: those of the demo. */
  readonly times?: RunTimes | undefined;
  /** Variables of a service, or of one instance of it, over everything else. */
  readonly env?: Readonly<Record<string, Variables>> | undefined;
  /** Processes of a service of which there may be several. Default: one; of the sender, one for each number and a spare. */
  readonly replicas?: Readonly<Partial<Record<'scheduler' | 'sender', number>>> | undefined;
  /** What leads the services to a store by another way than its own address: a URL, or brokers, to what they are given instead. */
  readonly detour?: ((store: 'postgres' | 'redis' | 'kafka', address: string) => Promise<string>) | undefined;
}

export type Variables = NonNullable<ServiceSpec['env']>;

type Tokens = Readonly<Record<'viewer' | 'operator', ReturnType<typeof newLocalToken>>>;

/** Number of sender processes: one per shard and a spare pod that takes over what a dead one leaves. */
const SENDERS = NUMBERS.length + 1;
export const SERVICES = ['ingest', 'scheduler', 'sender', 'template-manager', 'quality-monitor', 'sla-tracker'] as const;
const LEAD_S = { base: 40, perThousandAdvisors: 1.5 };
/** Between two looks at a service. */
const POLL_MS = 500;
/** Virtual time around the seal in which a status may have been acknowledged and not yet folded. */
const SEAL_SLACK_MS = 15_000;

/** Why a morning cannot begin, in one sentence for people. */
export class CannotBegin extends Error {}

/** One whole morning with real processes: real stores, the simulator, every service. Used by the demo and by the end-to-end tests. */
export class Morning {
  readonly advisors: readonly Advisor[];
  readonly clock: Clock;
  readonly ledgerFile: string;

  private constructor(
    readonly options: MorningOptions,
    readonly stack: Stack,
    private readonly namespace: PreparedNamespace,
    readonly services: LaunchedServices,
    private readonly tokens: Tokens,
    advisors: readonly Advisor[],
  ) {
    this.advisors = advisors;
    this.clock = clockFrom(services.clockSpec);
    this.ledgerFile = join(options.outDir, 'ledger.ndjson');
  }

  /** Starts everything; resolves when every service answers. Nothing is left running if it fails. */
  static async start(options: MorningOptions): Promise<Morning> {
    await rm(options.outDir, { recursive: true, force: true });
    await mkdir(options.outDir, { recursive: true });
    const advisors = advisorsOf(options.advisors, options.seed);
    if (options.stack === undefined) options.say('starting Postgres, Redis and Kafka');
    const stack = options.stack ?? (await startStack());
    try {
      const namespace = await prepareNamespace(stack, options.namespace, SERVICES);
      options.say(`infrastructure is up (${stack.key}); starting the services and the stand-in for Meta`);
      const tokens = { viewer: newLocalToken('page', ['viewer']), operator: newLocalToken('operator', ['operator']) };
      const services = await launch(options, stack, namespace, tokens, advisors);
      return new Morning(options, stack, namespace, services, tokens, advisors);
    } catch (error) {
      if (options.stack === undefined) await stack.stop();
      throw error;
    }
  }

  /** Epoch ms of one of the run's times. */
  instantMs(time: keyof RunTimes): number {
    return instantMs(time, this.options.times);
  }

  /** With a token that may look and nothing else. */
  get pageUrl(): string {
    return `${this.urlOf('sla-tracker')}/#token=${this.tokens.viewer.token}`;
  }

  /** What makes `npx daybreak` speak to these services. */
  operatorVariables(): Readonly<Record<string, string>> {
    return {
      DAYBREAK_SENDER_URL: this.urlOf('sender-0'),
      DAYBREAK_INGEST_URL: this.urlOf('ingest'),
      DAYBREAK_SCHEDULER_URL: this.urlOf('scheduler'),
      DAYBREAK_SLA_TRACKER_URL: this.urlOf('sla-tracker'),
      DAYBREAK_TOKEN: this.tokens.operator.token,
    };
  }

  /** GET of a service, as somebody who may look. */
  ask(instance: string, path: string): Promise<Response> {
    return fetch(`${this.urlOf(instance)}${path}`, { headers: { authorization: `Bearer ${this.tokens.viewer.token}` } });
  }

  urlOf(instance: string): string {
    const url = this.services.urls[instance];
    if (url === undefined) throw new Error(`nothing called ${instance} was launched`);
    return url;
  }

  phonesOf(...parts: readonly Part[]): string[] {
    return this.advisors.filter((a) => parts.includes(a.part)).map((a) => a.phoneNumber);
  }

  /** What the other teams publish on the evening before, through Kafka. */
  async publishInputs(): Promise<void> {
    const team = new OutsideTeam(this.stack.kafkaBrokers, this.options.namespace);
    await team.connect();
    try {
      const atMs = Math.floor(this.clock.nowMs());
      await team.publishPacks(`${this.urlOf('cloud-api-simulator')}/_origin`, RUN_DATE, atMs);
      await team.publishRecipients(this.advisors, publicHalf(this.namespace.secrets['ADDRESS_JWE_PRIVATE_KEY']), atMs);
    } finally {
      await team.close();
    }
  }

  /** Resolves when a plan drawn up now would have everybody in it: recipients, consent, packs, templates and numbers are all known. */
  async ready(clock: Clock = this.clock): Promise<void> {
    const expected = this.phonesOf('ordinary', 'without-pack', 'unreachable', 'stops-in-window').length;
    const freezeAtMs = this.instantMs('FREEZE_AT');
    for (let planned: number | undefined; planned !== expected;) {
      if (clock.nowMs() >= freezeAtMs) {
        throw new CannotBegin(
          `only ${planned ?? 0} of ${expected} advisors could be planned by the freeze: this machine needs more time, e.g. LEAD_S=120`,
        );
      }
      await sleep(POLL_MS);
      planned = await this.couldPlan(clock);
    }
  }

  /** Advisors write to the number that serves them, through the platform. */
  async write(phoneNumbers: readonly string[], text: string): Promise<void> {
    for (const from of phoneNumbers) {
      await this.call('cloud-api-simulator', '/_sim/inbound', { from, to: NUMBERS[0].id, text });
    }
  }

  /** The run as the sla-tracker tells it; undefined until it has heard of it. */
  async run(): Promise<RunReport | undefined> {
    const response = await this.ask('sla-tracker', `/runs/${RUN_ID}`);
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`the sla-tracker answered ${response.status} for the run`);
    return (await response.json()) as RunReport;
  }

  /**
   * Figures from the ledger alone, what they break of our promises, and where the report differs from them.
   * @param mustGetShare share of the advisors that must get their message, in a morning in which not everybody can
   */
  async witness(
    report: RunReport,
    mustGetShare = 1,
  ): Promise<{ figures: Figures; broken: string[]; differences: string[]; audience: Audience }> {
    const judgement: Judgement = {
      runId: RUN_ID,
      freezesAtMs: this.instantMs('FREEZE_AT'),
      opensAtMs: this.instantMs('WINDOW_OPENS'),
      closesAtMs: this.instantMs('WINDOW_CLOSES'),
      deadlineAtMs: this.instantMs('SLA_DEADLINE'),
      sealedAtMs: this.instantMs('LIVE_SEAL_AT'),
    };
    const lines = await readLedger(this.ledgerFile);
    const figures = figuresOf(lines, judgement);
    const early = figuresOf(lines, { ...judgement, sealedAtMs: judgement.sealedAtMs - SEAL_SLACK_MS });
    const late = figuresOf(lines, { ...judgement, sealedAtMs: judgement.sealedAtMs + SEAL_SLACK_MS });
    const mustGet = this.phonesOf('ordinary', 'without-pack', 'unreachable');
    const broken = brokenPromises(lines, figures, judgement, {
      mustGet,
      mustGetShare,
      mustNotGet: this.phonesOf('opted-out', 'never-opted-in'),
      stopInWindow: this.phonesOf('stops-in-window'),
    });
    const audience = { mustGet: mustGet.length, withoutMessage: withoutMessage(lines, judgement, mustGet) };
    return { figures, broken, differences: disagreements(report, early, late, this.advisors.length), audience };
  }

  async stop(): Promise<void> {
    await this.services.stopAll();
    if (this.options.stack === undefined) await this.stack.stop();
  }

  /** Whom a plan would have now or leaves out by Meta's limit alone. Undefined before the run is announced, and once it was frozen in its time. */
  private async couldPlan(clock: Clock): Promise<number | undefined> {
    const response = await this.ask('scheduler', `/runs/${RUN_ID}/preview`);
    if (response.status === 409 && clock.nowMs() < this.instantMs('FREEZE_AT')) {
      throw new CannotBegin(
        `the plan of ${RUN_ID} was frozen by an earlier start on these stores, and nobody is sent to twice: give other stores, or empty these`,
      );
    }
    if (response.status === 404 || response.status === 409) return undefined;
    if (!response.ok) throw new Error(`the scheduler answered ${response.status} for the preview`);
    const { planned, exclusions } = (await response.json()) as { planned: number; exclusions: RunReport['exclusions'] };
    return planned + (exclusions.find(({ reason }) => reason === 'portfolio-limit')?.recipients ?? 0);
  }

  private async call(instance: string, path: string, body: object): Promise<void> {
    const response = await fetch(`${this.urlOf(instance)}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${instance} answered ${response.status} for ${path}`);
  }
}

async function launch(
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

/** The public half of a private JWK, as the back office was given it. */
function publicHalf(privateJwk: string | undefined): Record<string, unknown> {
  const { d: _private, ...publicJwk } = JSON.parse(privateJwk ?? '{}') as Record<string, unknown>;
  return publicJwk;
}
