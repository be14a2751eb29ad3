import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { newLocalToken } from '@daybreak/access';
import { clockFrom, type Clock } from '@daybreak/kernel';
import { prepareNamespace, startStack, type LaunchedServices, type PreparedNamespace, type Stack } from '@daybreak/local-stack';
import { readLedger } from '../witness/ledger.js';
import { figuresOf, type Figures, type Judgement } from '../witness/figures.js';
import { disagreements } from '../witness/disagreements.js';
import { brokenPromises, withoutMessage } from '../witness/judge.js';
import type { Audience } from '../witness/expectation.js';
import { launchMorning, type Tokens } from './launch-morning.js';
import type { MorningOptions } from './morning-options.js';
import { OutsideTeam } from './outside-team.js';
import { NUMBERS } from './platform.js';
import { advisorsOf, type Advisor, type Part } from './population.js';
import type { RunReport } from './report.js';
import { instantMs, RUN_DATE, RUN_ID, type RunTimes } from './run-plan.js';

export const SERVICES = ['ingest', 'scheduler', 'sender', 'template-manager', 'quality-monitor', 'sla-tracker'] as const;
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
      const services = await launchMorning(options, stack, namespace, tokens, advisors);
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
    return { figures, broken, differences: disagreements(report, early, late, { known: this.advisors.length }), audience };
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

/** The public half of a private JWK, as the back office was given it. */
function publicHalf(privateJwk: string | undefined): Record<string, unknown> {
  const { d: _private, ...publicJwk } = JSON.parse(privateJwk ?? '{}') as Record<string, unknown>;
  return publicJwk;
}
