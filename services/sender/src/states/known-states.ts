import type { ErrorMeaning, OpenBreaker } from '@daybreak/cloud-api';
import { CLOCK } from '@daybreak/config';
import type { Clock } from '@daybreak/kernel';
import { LOGGER, type Logger } from '@daybreak/observability';
import type { ShardStateName } from '@daybreak/shards';
import { Inject, Injectable } from '@nestjs/common';
import type { Claim } from '../delivery/claim.js';
import { CAMPAIGN_PURPOSE } from '../delivery/last-checks.js';
import type { KnownRun, KnownShard } from '../shard/known-shard.js';
import { ConsentRepository } from '../store/consent.repository.js';
import { LookRepository } from '../store/look.repository.js';
import { StatesRepository } from '../store/states.repository.js';
import { AnnounceTrouble } from './announce-trouble.js';
import { Breakers, type Breaker, type Learnt, type Target } from './breakers.js';
import { strictest, type Control } from './control.js';
import { RecentConsent } from './recent-consent.js';
import { Refusals } from './refusals.js';
import { closedToClaims, faultOf, outOfActionUntil, standstill, type Standing } from './standing.js';
import type { ToldTemplate } from './told-states.js';

/** Everybody: the kill switch is a control on it. */
export const EVERY_SHARD = '*';

/** A run is the current one from when its rows may come until its ambiguous ones are settled. Clock ms. */
const REPORTED_BEFORE_MS = 12 * 3_600_000;
const REPORTED_AFTER_MS = 600_000;

const REFRESH_MS = 500;

/** Over how long what people write is averaged. */
const INBOUND_OVER_S = 10;
const CONSENT_LOOKBACK_S = 5; // several refreshes: a transaction may commit later than it touched its row

/**
 * What other services and operators said, as this process knows it: read from the sender's own tables twice a second. One reader for
 * all of it, so that nothing on the sending path asks a store. A control reaches every pod within a second.
 */
@Injectable()
export class KnownStates {
  /** In their order: shard-2 comes before shard-10. */
  shards: readonly KnownShard[] = [];
  /** The one that closes first comes first. */
  runs: readonly KnownRun[] = [];
  /** When ingest saw the newest status that any pod has read; epoch ms of the run's clock. */
  evidenceUntilMs = Number.NEGATIVE_INFINITY;
  readonly breakers: Breakers;
  private readonly refusals: Refusals;
  private byShard = new Map<string, KnownShard>();
  private controls: ReadonlyMap<string, Control> = new Map();
  private withdrawn: ReadonlySet<string> = new Set();
  private inboundByNumber: ReadonlyMap<string, number> = new Map();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly look: LookRepository,
    private readonly consents: ConsentRepository,
    readonly recentConsent: RecentConsent,
    private readonly announce: AnnounceTrouble,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.breakers = new Breakers(clock);
    this.refusals = new Refusals(clock);
  }

  @Inject() private readonly states!: StatesRepository;

  /** Reads once, then keeps reading. */
  async start(): Promise<void> {
    await this.refresh();
    this.again();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  shard(shardId: string): KnownShard | undefined {
    return this.byShard.get(shardId);
  }

  run(runId: string): KnownRun | undefined {
    return this.runs.find((run) => run.runId === runId);
  }

  /** The run that is open or comes next; after it, the one that was last. Undefined between mornings. */
  currentRun(nowMs: number): KnownRun | undefined {
    const inTheirOrder = this.nearRuns(nowMs).toSorted((a, b) => a.window.opensAt - b.window.opensAt);
    return inTheirOrder.find(({ window }) => nowMs < window.closesAt) ?? inTheirOrder.at(-1);
  }

  /** Runs whose rows may come, are being sent, or are being settled. */
  nearRuns(nowMs: number): KnownRun[] {
    return this.runs.filter(({ window }) => nowMs >= window.opensAt - REPORTED_BEFORE_MS && nowMs <= window.closesAt + REPORTED_AFTER_MS);
  }

  /** Days of which rows may be waiting; asked, not remembered: a plan may have been staged in this very moment. */
  async runDatesNow(): Promise<ReadonlySet<string>> {
    return new Set((await this.look.runs(this.clock.nowMs())).map((run) => run.runDate));
  }

  /** Messages per second that people send to a number. */
  inboundPerSecond(phoneNumberId: string): number {
    return (this.inboundByNumber.get(phoneNumberId) ?? 0) / INBOUND_OVER_S;
  }

  /** What operators said of a shard, and of everybody. */
  control(shardId: string): Control | undefined {
    return strictest(this.controls.get(shardId), this.controls.get(EVERY_SHARD));
  }

  closesAtOf = (runId: string): number | undefined => this.run(runId)?.window.closesAt;

  isWithdrawn = (contentPackId: string): boolean => this.withdrawn.has(contentPackId);

  /** Why nothing of a run (undefined: of no run) may start from this shard now: `standstill`. */
  standstill(shardId: string, runId: string | undefined, critical: boolean): string | undefined {
    return standstill(this.standingOf(shardId, runId), critical);
  }

  /** Why nothing more of a run is claimed for this shard: `closedToClaims`. */
  closedToClaims(shardId: string, runId: string | undefined, critical: boolean): string | undefined {
    return closedToClaims(this.standingOf(shardId, runId), critical);
  }

  /** Until when this number is out of action by itself: `outOfActionUntil`. */
  outOfActionUntil(shardId: string, runId: string): number | undefined {
    return outOfActionUntil(this.standingOf(shardId, runId));
  }

  /** What Meta holds against this number now, in the error table's word; undefined when nothing does. */
  faultOf(shardId: string, runId: string): Breaker['fault'] | undefined {
    return faultOf(this.standingOf(shardId, runId));
  }

  /** Takes in what one POST says of everybody behind the same number, template, account; returns the breaker it opened, if it opened one. */
  learn({ target, outcome }: Learnt): OpenBreaker | undefined {
    if (outcome.kind === 'rejected') this.refusals.note(target, outcome.error.meaning);
    return this.breakers.record(target, outcome);
  }

  /** The same of a message that failed after it was accepted. */
  learnLate(target: Target, meaning: ErrorMeaning): Breaker | undefined {
    this.refusals.note(target, meaning);
    return this.breakers.failedLater(target, meaning);
  }

  /** It was uploaded again: what waited for it goes on, in every pod. */
  async assetRenewed(sha256: string): Promise<void> {
    if (!this.breakers.isAssetClosed(sha256)) return;
    await this.states.closeBreakers([{ scope: 'media', key: sha256 }]);
    this.breakers.assetRenewed(sha256);
  }

  standsStill = (claim: Pick<Claim, 'shardId' | 'runId' | 'critical'>): boolean =>
    this.standstill(claim.shardId, claim.runId, claim.critical) !== undefined;

  async refresh(): Promise<void> {
    const nowMs = this.clock.nowMs();
    const unsaved = this.breakers.toSave();
    if (unsaved.length > 0) await this.announce.opened(unsaved);
    await this.tellRefusals();
    const [{ shards, runs, templates, breakers, ...said }, consents] = await Promise.all([
      this.look.everything(nowMs, Math.floor(nowMs / 1_000) - INBOUND_OVER_S),
      this.consents.changedWithin(CONSENT_LOOKBACK_S, CAMPAIGN_PURPOSE),
    ]);
    this.shards = shards.toSorted((a, b) => a.shardId.localeCompare(b.shardId, 'en', { numeric: true }));
    this.byShard = new Map(shards.map((shard) => [shard.shardId, shard]));
    this.runs = runs.toSorted(
      (a, b) => a.window.closesAt - b.window.closesAt || a.window.opensAt - b.window.opensAt || a.runId.localeCompare(b.runId),
    );
    this.controls = said.controls;
    this.withdrawn = said.withdrawn;
    this.evidenceUntilMs = said.evidenceUntilMs;
    this.inboundByNumber = said.inbound;
    for (const [recipientId, { consent, version }] of consents) this.recentConsent.hear(recipientId, consent, version);
    const ended = breakers.filter((breaker) => hasEnded(breaker, templates, shards));
    if (ended.length > 0) {
      await this.states.closeBreakers(ended);
      for (const breaker of ended)
        this.logger.info({ scope: breaker.scope, key: breaker.key }, 'breaker closed: what it waited for has come');
    }
    this.breakers.load(breakers.filter((breaker) => !ended.includes(breaker)));
  }

  private standingOf(shardId: string, runId: string | undefined): Standing {
    const shard = this.byShard.get(shardId);
    const breaker = shard && this.breakers.blockingNumber({ phoneNumberId: shard.phoneNumberId, wabaId: shard.wabaId, runId });
    return { shard, control: this.control(shardId), breaker };
  }

  private async tellRefusals(): Promise<void> {
    const refusals = this.refusals.toTell();
    if (refusals.length === 0) return;
    await this.announce.refused(refusals);
    this.refusals.told(refusals);
  }

  private again(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      void this.refresh()
        // What was known stays in force; without the database nothing is claimed anyway.
        .catch((error: unknown) => this.logger.warn({ err: error }, 'states could not be read; the last known ones hold'))
        .finally(() => this.again());
    }, REFRESH_MS);
  }
}

/** States that say nothing against a number. One that is slowed down or paused may be so because of the very refusal that opened the breaker. */
const UNRESERVED: ReadonlySet<ShardStateName> = new Set(['active', 'warming', 'standby']);

/** The platform ends what it began: after the breaker was opened, a template is approved again, or a number (or one of an account) is active again. */
function hasEnded({ until, scope, key, openedAtMs }: Breaker, templates: readonly ToldTemplate[], shards: readonly KnownShard[]): boolean {
  if (until !== 'platform') return false;
  if (scope === 'template')
    return templates.some(
      ({ name, language, wabas, changedAtMs }) =>
        changedAtMs > openedAtMs && wabas.some(({ wabaId, status }) => status === 'APPROVED' && `${wabaId}/${name}/${language}` === key),
    );
  const isAbout = ({ phoneNumberId, wabaId }: KnownShard): boolean => key === (scope === 'shard' ? phoneNumberId : wabaId);
  return (
    (scope === 'shard' || scope === 'account') &&
    shards.some((shard) => isAbout(shard) && shard.changedAtMs > openedAtMs && UNRESERVED.has(shard.mode))
  );
}
