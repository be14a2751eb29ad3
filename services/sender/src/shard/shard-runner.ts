import type { Clock } from '@daybreak/kernel';
import { metrics, type Logger } from '@daybreak/observability';
import type { LatePolicy } from '@daybreak/timing';
import type { ClaimDue } from '../delivery/claim-due.js';
import { inDueOrder, templateKeyOf, type Claim } from '../delivery/claim.js';
import type { Settlement } from '../delivery/delivery-record.js';
import { lastChecks, LEFT_ALONE_MS, STILL_TRUE_MS } from '../delivery/last-checks.js';
import type { ClaimResult, ResultWriter } from '../delivery/result-writer.js';
import type { Posting, SendDelivery } from '../delivery/send-delivery.js';
import { isTooFast } from '../delivery/settle-attempt.js';
import type { ReplyLane } from '../replies/reply-lane.js';
import type { ShardFigures } from '../store/figures.repository.js';
import type { Learnt } from '../states/breakers.js';
import type { KnownStates } from '../states/known-states.js';
import { lastInstant } from './last-instant.js';
import type { ShardLease } from './shard-lease.js';
import { ShardRate } from './shard-rate.js';
import { readOnce, type StartedRecipients } from './started-recipients.js';

export interface RunnerLimits {
  /** Requests on the wire at once. */
  readonly inFlight: number;
  readonly latePolicy: LatePolicy;
}

export interface RunnerParts {
  readonly claimDue: ClaimDue;
  readonly send: SendDelivery;
  readonly replies: ReplyLane;
  readonly states: KnownStates;
  /** Whom the number had started before this process took it over. */
  readonly startedBefore: (shardId: string) => Promise<StartedRecipients>;
  /** Made by the runner, because it tells the runner which claims are safe. */
  readonly writerFor: (written: (results: readonly ClaimResult[]) => void) => ResultWriter;
  readonly clock: Clock;
  readonly logger: Logger;
}

const TUNE_MS = 100;
const RETRY_MS = 200;
/** Results that may wait for the database before nothing new is claimed. */
const MOST_PENDING_RESULTS = 2_000;
const LAST_ANSWERS_MS = 11_000; // the HTTP time-out, and a little

/**
 * One phone number at work, from the due row to the settled result: claim → slot of the throttle → last checks → POST → result.
 * One synchronous pump decides what starts now and when to look again; everything slow happens beside it.
 */
export class ShardRunner {
  private readonly rate: ShardRate;
  private readonly writer: ResultWriter;
  /** Claimed and not posted yet, in the order in which they are due. */
  private ready: Claim[] = [];
  /** Claimed and not safely settled: what the database calls CLAIMED under our epoch, and is in good hands. */
  private readonly held = new Map<string, Claim>();
  private inFlight = 0;
  private claiming = false;
  private stopping = false;
  /** By the run's clock; after it, only a wake-up makes the owner look for due deliveries. */
  private awakeUntilMs = Number.NEGATIVE_INFINITY;
  /** `performance.now()` of the next look. */
  private lookAtMonoMs = 0;
  /** Undefined until somebody asks for them. */
  private started: StartedRecipients | undefined;
  private readonly startedRecipients: () => Promise<StartedRecipients>;
  private timer: NodeJS.Timeout | undefined;
  private readonly tuning: NodeJS.Timeout;
  private lastPickUpMonoMs = performance.now();

  constructor(
    readonly lease: ShardLease,
    private readonly parts: RunnerParts,
    private readonly limits: RunnerLimits,
  ) {
    this.rate = new ShardRate(lease.shardId, parts);
    this.startedRecipients = readOnce(async () => (this.started = await parts.startedBefore(lease.shardId)));
    this.writer = parts.writerFor((results) => {
      for (const result of results) this.letGo(result);
      this.pump();
    });
    this.tuning = setInterval(() => this.tune(), TUNE_MS);
    this.tune();
  }

  get shardId(): string {
    return this.lease.shardId;
  }

  /** Messages per second that may be sent now. */
  get allowedRate(): number {
    return this.rate.allowed;
  }

  async figures(): Promise<ShardFigures> {
    const nowMs = this.parts.clock.nowMs();
    const started = await this.startedRecipients();
    return { ...this.rate.figures, inFlight: this.inFlight, startedHour: started.inLastHour(nowMs), startedDay: started.today(nowMs) };
  }

  /** Recipients that the number's caps still let it start; infinite where it has none. */
  async capLeft(): Promise<number> {
    const shard = this.parts.states.shard(this.shardId);
    return shard ? (await this.startedRecipients()).room(shard, this.parts.clock.nowMs()) : 0;
  }

  /** `performance.now()` of the last time a delivery was claimed. */
  get lastPickUp(): number {
    return this.lastPickUpMonoMs;
  }

  /** What should have been claimed by now, and how much of it nothing holds back. */
  async overdue(): Promise<{ readonly due: number; readonly claimable: number }> {
    return this.parts.claimDue.overdue(this.shardId, await this.startedRecipients());
  }

  holds(deliveryId: string): boolean {
    return this.held.has(deliveryId);
  }

  /** Something is, or will be, due until then (epoch ms of the run's clock). */
  wake(untilMs: number): void {
    this.awakeUntilMs = Math.max(this.awakeUntilMs, untilMs);
    this.lookAtMonoMs = 0;
    this.pump();
  }

  /** Lets what is on the wire end and writes every result; hands back what was not posted. The lease is the caller's to release. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    clearInterval(this.tuning);
    for (const claim of this.ready.splice(0)) this.writer.add({ claim, settlement: notPosted(claim) });
    const giveUpAtMs = performance.now() + LAST_ANSWERS_MS;
    while ((this.inFlight > 0 || this.claiming) && performance.now() < giveUpAtMs) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const claim of this.ready.splice(0)) this.writer.add({ claim, settlement: notPosted(claim) });
    await this.writer.drain(LAST_ANSWERS_MS);
  }

  private pump(): void {
    if (this.stopping) return;
    clearTimeout(this.timer);
    const waitMs = Math.min(this.startWhatMayStart(), this.refill());
    // Timers have whole milliseconds and may come early by a fraction; the next look then waits for the rest.
    this.timer = Number.isFinite(waitMs) ? setTimeout(() => this.pump(), waitMs) : undefined;
  }

  /** Posts what is due and has a slot. Returns real ms until something more may start; infinite when a result or a claim has to come first. */
  private startWhatMayStart(): number {
    const { clock, replies } = this.parts;
    while (this.inFlight < this.limits.inFlight) {
      const nowMs = clock.nowMs();
      const reply = replies.next;
      const claim = this.ready[0];
      let start: (() => Promise<void>) | undefined;
      if (reply) start = () => this.postReply();
      else if (!claim) return Number.POSITIVE_INFINITY;
      else if (claim.dueAtMs > nowMs) return clock.realMsUntil(claim.dueAtMs);
      else start = this.lookAt(claim, nowMs);
      // What stays takes no slot; what goes, goes in this same tick, so nothing can come between the look and the POST.
      const waitMs = start ? this.rate.take(nowMs) : 0;
      if (waitMs > 0) return waitMs / clock.speed;
      if (!reply) this.ready.shift();
      if (start && claim && !reply) metrics.throttleWait.observe({ shard_id: this.shardId }, (nowMs - claim.dueAtMs) / 1_000);
      if (start) this.track(start());
    }
    return Number.POSITIVE_INFINITY;
  }

  /** The last look. What may not go is settled here; for the rest, how to post it. */
  private lookAt(claim: Claim, nowMs: number): (() => Promise<void>) | undefined {
    const { states, claimDue, clock } = this.parts;
    const { latePolicy } = this.limits;
    const run = states.run(claim.runId);
    const shard = states.shard(claim.shardId);
    const content = claimDue.contentOf(claim);
    const word =
      run && shard && content
        ? lastChecks(claim, content, lastInstant(states, { nowMs, run, shard, lease: this.lease, latePolicy }))
        : undefined;
    if (run && shard && content && word?.kind === 'go') {
      // It may wait for a connection, and whatever can stop it may happen meanwhile: all of it is looked at again before the first byte.
      const lookedAtMonoMs = performance.now();
      const mayStart = (): boolean => {
        if (performance.now() - lookedAtMonoMs < STILL_TRUE_MS) return true; // a connection was free, and it starts at once
        const instant = { nowMs: clock.nowMs(), run: states.run(claim.runId) ?? run, shard, lease: this.lease, latePolicy };
        const now = lastChecks(claim, content, lastInstant(states, instant));
        return now.kind === 'go' && now.template === word.template;
      };
      return () => this.post({ claim, content, template: word.template, shard, window: run.window, mayStart });
    }
    if (claimDue.isUnreadable(claim)) this.writer.add({ claim, settlement: { kind: 'failed', reason: 'request', errorCode: 0 } });
    else
      this.writer.add({
        claim,
        settlement: word?.kind === 'stay' ? word.settlement : { kind: 'not-posted', dueAtMs: nowMs + LEFT_ALONE_MS },
      });
    return undefined;
  }

  private async post(posting: Posting): Promise<void> {
    const { result, outcome, asset } = await this.parts.send.post(posting);
    const { claim, shard, template } = posting;
    const { phoneNumberId, wabaId } = shard;
    if (outcome)
      this.learn({
        target: { shardId: this.shardId, phoneNumberId, wabaId, template: templateKeyOf(template), runId: claim.runId, asset },
        outcome,
      });
    this.writer.add(result);
  }

  private async postReply(): Promise<void> {
    const learnt = await this.parts.replies.postNext();
    if (learnt) this.learn(learnt);
  }

  /** What one outcome says about everybody behind the same number, template, account. */
  private learn(learnt: Learnt): void {
    const { states, logger } = this.parts;
    if (isTooFast(learnt.outcome)) this.rate.tooFast();
    const opened = states.learn(learnt);
    if (opened)
      logger.warn(
        { shardId: this.shardId, scope: opened.scope, key: opened.key, fault: opened.fault, code: opened.code, until: opened.until },
        'breaker opened; its deliveries wait',
      );
  }

  private track(work: Promise<void>): void {
    this.inFlight += 1;
    void work
      .catch((error: unknown) => this.parts.logger.error({ err: error, shardId: this.shardId }, 'a POST ended in an error of our own'))
      .finally(() => {
        this.inFlight -= 1;
        this.pump();
      });
  }

  /** Its row says what became of it. What is to be sent again is claimed again when it is due. */
  private letGo({ claim, settlement }: ClaimResult): void {
    if (this.held.get(claim.deliveryId) === claim) this.held.delete(claim.deliveryId);
    this.started?.settled(claim, settlement);
    if (settlement.kind !== 'again' && settlement.kind !== 'not-posted') return;
    this.awakeUntilMs = Math.max(this.awakeUntilMs, settlement.dueAtMs + this.parts.claimDue.aheadMs);
    this.lookAtMonoMs = Math.min(this.lookAtMonoMs, performance.now() + this.parts.clock.realMsUntil(settlement.dueAtMs));
  }

  /** Claims more when what is ready is half used up. Returns real ms until the next look; infinite while asleep, or when a claim or a result has to come first. */
  private refill(): number {
    const { claimDue, clock } = this.parts;
    const batch = claimDue.batchSize(this.rate.allowed);
    const asleep = clock.nowMs() >= this.awakeUntilMs;
    if (
      asleep ||
      this.claiming ||
      batch === 0 ||
      this.ready.length > batch / 2 ||
      this.writer.pending > MOST_PENDING_RESULTS ||
      !this.lease.isFresh()
    ) {
      return Number.POSITIVE_INFINITY;
    }
    const waitMs = this.lookAtMonoMs - performance.now();
    if (waitMs > 0) return waitMs;
    void this.claim(batch);
    return Number.POSITIVE_INFINITY;
  }

  private async claim(batch: number): Promise<void> {
    const { claimDue, clock, logger } = this.parts;
    this.claiming = true;
    try {
      const { claims, lookAgainAtMs } = await claimDue.next(this.lease, batch, await this.startedRecipients());
      if (claims.length > 0) this.lastPickUpMonoMs = performance.now();
      for (const claim of claims) this.held.set(claim.deliveryId, claim);
      if (claims.length > 0) this.rate.begin();
      this.ready = inDueOrder(this.ready, claims);
      this.lookAtMonoMs = performance.now() + clock.realMsUntil(lookAgainAtMs);
      // What is known to be due needs no job to wake for it.
      if (Number.isFinite(lookAgainAtMs)) this.awakeUntilMs = Math.max(this.awakeUntilMs, lookAgainAtMs + claimDue.aheadMs);
    } catch (error) {
      this.lookAtMonoMs = performance.now() + RETRY_MS;
      logger.warn({ err: error, shardId: this.shardId }, 'due deliveries could not be claimed; nothing is sent without a claim');
    } finally {
      this.claiming = false;
    }
    this.pump();
  }

  private tune(): void {
    metrics.sendInflight.set({ shard_id: this.shardId }, this.inFlight);
    this.rate.tune();
    this.pump(); // also lets go what waits for a rate of zero
  }
}

const notPosted = (claim: Claim): Settlement => ({ kind: 'not-posted', dueAtMs: claim.dueAtMs });
