import type { SendOutcome } from '@daybreak/cloud-api';
import { manualClock, seededRandom, type Clock, type SeededRandom } from '@daybreak/kernel';
import { allocateShards } from '@daybreak/shards';
import { templateKeyOf } from '../../src/delivery/claim.js';
import { proven, settle } from '../../src/delivery/delivery-machine.js';
import type { DeliveryRecord, Settlement } from '../../src/delivery/delivery-record.js';
import { lastChecks, type LastInstant } from '../../src/delivery/last-checks.js';
import { isTooFast, settleAttempt } from '../../src/delivery/settle-attempt.js';
import type { KnownShard } from '../../src/shard/known-shard.js';
import { LEASE_RENEW_EVERY_MS, type ShardLease } from '../../src/shard/shard-lease.js';
import { closedToClaims, standstill, type Standing } from '../../src/states/standing.js';
import { Agenda } from './agenda.js';
import { decide } from './decide.js';
import { handOver } from './hand-over.js';
import { Meta } from './meta.js';
import { LeaseRows, Pod, type Hold } from './pods.js';
import { Rows } from './rows.js';
import {
  AGREED,
  AHEAD_MS,
  BLANK,
  CONTENT,
  ENDS_AT_MS,
  FIRST,
  HEARD_WITHIN_MS,
  HTTP_TIMEOUT_MS,
  LINGER_MS,
  MAX_ATTEMPTS,
} from './setting.js';
import { numbersIn, PEOPLE, RATE, REFRESH_MS, RESOLVE_AFTER_MS, RUN, TICK_MS, WABA, WINDOW, WINDOW_MS } from './setting.js';
import { ACCEPTED, refused, SILENCE, UNREACHABLE, type MorningOutcome, type Post, type Stop, type Weather } from './weather.js';

/**
 * One morning of three numbers and two pods for each, event by event, on the pure core alone: a database that is always right, a Meta that keeps its own
 * ledger, and processes that die, freeze and forget. The same seed gives the same morning.
 */
export function simulateMorning(seed: number, weather: Weather): MorningOutcome {
  return new Simulation(seed, weather).run();
}

class Simulation {
  private readonly random: SeededRandom;
  private readonly meta: Meta;
  private readonly numbers: readonly KnownShard[];
  private readonly clock: Clock = { ...manualClock(0), nowMs: () => this.nowMs };
  private readonly rows = new Rows();
  private readonly leases: LeaseRows;
  private readonly pods: readonly Pod[];
  private readonly agenda = new Agenda();
  private readonly posts: Post[] = [];
  private readonly stops: Stop[] = [];
  private readonly stoppedAtMs = new Map<string, number>();
  private readonly movedTo = new Map<string, number>();
  private evidenceUntilMs = 0;
  private nowMs = 0;

  constructor(
    seed: number,
    private readonly weather: Weather,
  ) {
    this.random = seededRandom(seed);
    this.numbers = numbersIn(weather);
    const { opensAt, firstAttemptsEndAt, closesAt } = WINDOW;
    const primaries = this.numbers.flatMap(({ shardId, role, weight }) =>
      role === 'primary' ? { shardId, weight, ratePerSecond: RATE } : [],
    );
    const allocation = allocateShards(primaries, firstAttemptsEndAt - opensAt);
    for (let i = 0; i < PEOPLE; i++) {
      const recipientId = `r-${i}`;
      // Half of them evenly, half at once: more than a number may send while a claim lives.
      const place = i % 2 === 0 ? i / PEOPLE : 0;
      const dueAtMs = opensAt + Math.floor(place * (firstAttemptsEndAt - opensAt));
      this.rows.put({ ...BLANK, deliveryId: `d-${i}`, recipientId, shardId: allocation.assign(recipientId) ?? FIRST, dueAtMs });
      if (weather.stops > 0 && this.random.chance(weather.stops)) this.stoppedAtMs.set(recipientId, this.random.int(opensAt, closesAt));
    }
    this.meta = new Meta(weather, this.random, WINDOW);
    const shardIds = this.numbers.map(({ shardId }) => shardId);
    this.leases = new LeaseRows(shardIds);
    const world = { clock: this.clock, rows: this.rows, numbers: this.number };
    this.pods = [...shardIds, ...shardIds].map((shardId, i) => new Pod(shardId, i, world));
  }
  run(): MorningOutcome {
    for (let tickAtMs = 0; tickAtMs < ENDS_AT_MS && this.rows.unsettled > 0; tickAtMs += TICK_MS) {
      this.happenUntil(tickAtMs);
      this.nowMs = tickAtMs;
      for (const pod of this.pods) this.tick(pod);
    }
    // What is settled needs nobody any more, but what was said of it may still come.
    this.happenUntil(ENDS_AT_MS);
    const { posts, stoppedAtMs, stops, movedTo, numbers } = this;
    return { records: this.rows.all(), posts, window: WINDOW, stoppedAtMs, haltedFromMs: this.meta.haltedFromMs, stops, numbers, movedTo };
  }

  private happenUntil(untilMs: number): void {
    while (this.agenda.nextAtMs <= untilMs) {
      this.nowMs = this.agenda.nextAtMs;
      this.agenda.take()?.();
    }
  }

  private at(inMs: number, happen: () => void): void {
    this.agenda.add(this.nowMs + Math.max(1, Math.round(inMs)), happen);
  }

  /** By this process of this pod: not at all if it died, later if it is frozen. */
  private by(pod: Pod, inMs: number, happen: () => void): void {
    const { life } = pod;
    this.at(inMs, () => {
      if (pod.life !== life) return;
      if (this.nowMs < pod.frozenUntilMs) this.by(pod, pod.frozenUntilMs - this.nowMs, happen);
      else happen();
    });
  }

  private tick(pod: Pod): void {
    if (this.nowMs % 1_000 === 0) this.misfortune(pod);
    if (this.nowMs < pod.frozenUntilMs) return;
    if (this.nowMs % REFRESH_MS === 0) this.refresh(pod);
    if (this.nowMs % LEASE_RENEW_EVERY_MS === 0) this.leases.renew(pod, this.nowMs);
    if (this.nowMs % 1_000 === 0) this.leases.acquire(pod, this.nowMs);
    if (!pod.lease?.isFresh(this.nowMs) || this.rows.hasNothingOpen(pod.shardId)) return;
    if (this.nowMs % REFRESH_MS === 0) pod.rate.tune();
    if (this.nowMs % 1_000 === 0) this.sweep(pod);
    this.claim(pod, pod.lease);
  }

  private misfortune(pod: Pod): void {
    if (!WINDOW.contains(this.nowMs)) return;
    if (this.random.chance(this.weather.killed)) pod.die(this.nowMs + 5_000);
    else if (this.random.chance(this.weather.frozen)) pod.freeze(this.nowMs + this.random.int(500, 40_000));
  }

  private refresh(pod: Pod): void {
    for (const { scope, key, until } of pod.breakers.toSave())
      this.stops.push({ process: undefined, scope, key, fromMs: this.nowMs, untilMs: typeof until === 'number' ? until : Infinity });
    pod.refresh();
  }

  /** A number, as its monitor describes it now. */
  private readonly number = (shardId: string): KnownShard => {
    const number = this.numbers.find((one) => one.shardId === shardId) as KnownShard;
    return shardId === FIRST && this.nowMs >= this.meta.haltedFromMs ? { ...number, mode: 'halted', allowedRate: 0 } : number;
  };

  /** What stands in the way of a number, as far as a process knows. */
  private standingOf(pod: Pod, shardId: string): Standing {
    const breaker = pod.breakers.blockingNumber({ phoneNumberId: shardId, wabaId: WABA, runId: RUN });
    return { shard: this.number(shardId), control: undefined, breaker };
  }

  private claim(pod: Pod, lease: ShardLease): void {
    const { nowMs, rows } = this;
    if (nowMs < WINDOW.opensAt - AHEAD_MS || nowMs >= WINDOW.closesAt) return;
    const due: DeliveryRecord[] = [];
    for (const row of rows.openOf(pod.shardId)) if (row.state === 'QUEUED' && row.dueAtMs <= nowMs + AHEAD_MS) due.push(row);
    if (due.length === 0 || !this.leases.holds(pod, nowMs)) return;
    if (closedToClaims(this.standingOf(pod, pod.shardId), false) !== undefined) return;
    const room = pod.started.room(this.number(pod.shardId), nowMs);
    const claimable = room > 0 ? due.slice(0, room) : due.filter(({ attempt, spared }) => attempt > spared);
    const claims = claimable.map((row): DeliveryRecord => ({
      ...row,
      state: 'CLAIMED',
      attempt: row.attempt + 1,
      claimNumber: row.claimNumber + 1,
      epoch: lease.epoch,
      claimedAtMs: nowMs,
    }));
    pod.started.claimed(claims, nowMs);
    if (claims.length > 0) pod.rate.begin();
    for (const claim of claims) rows.put(claim);
    pod.ready.push(...claims.map((claim) => ({ lease, started: pod.started, claim, claimedAtMonoMs: nowMs })));
    pod.ready.sort((one, other) => one.claim.dueAtMs - other.claim.dueAtMs);
    this.pump(pod);
  }

  /** Posts what is due and has a slot; what may not go stays. */
  private pump(pod: Pod): void {
    const { ready } = pod;
    for (let hold = ready[0]; hold; hold = ready[0]) {
      if (hold.claim.dueAtMs > this.nowMs) return this.pumpIn(pod, hold.claim.dueAtMs - this.nowMs);
      const word = lastChecks({ ...AGREED, ...hold.claim, claimedAtMonoMs: hold.claimedAtMonoMs }, CONTENT, this.instantOf(pod, hold));
      const waitMs = word.kind === 'go' ? pod.rate.take(this.nowMs) : 0;
      if (waitMs > 0) return this.pumpIn(pod, Math.min(waitMs, REFRESH_MS));
      ready.shift();
      if (word.kind === 'go') this.post(pod, hold, templateKeyOf(word.template));
      else this.write(pod, hold, word.settlement);
    }
  }

  private pumpIn(pod: Pod, waitMs: number): void {
    const turn = ++pod.turn;
    this.by(pod, waitMs, () => {
      if (turn === pod.turn) this.pump(pod);
    });
  }

  private instantOf(pod: Pod, { lease }: Hold): LastInstant {
    const { nowMs } = this;
    return {
      nowMs,
      nowMonoMs: nowMs,
      lease,
      window: WINDOW,
      latePolicy: 'none',
      standsStill: ({ shardId }) => standstill(this.standingOf(pod, shardId), false) !== undefined,
      isTemplateOpen: (template) => !pod.breakers.isTemplateClosed(WABA, template),
      isMediaOpen: () => true,
      isWithdrawn: () => false,
      consentSince: (recipientId) => {
        const atMs = this.stoppedAtMs.get(recipientId) ?? Number.POSITIVE_INFINITY;
        return nowMs >= atMs + HEARD_WITHIN_MS ? { state: 'opted_out', sinceMs: atMs } : undefined;
      },
    };
  }

  /** The request reaches Meta at once; what happens to the answer is another matter. */
  private post(pod: Pod, hold: Hold, template: string): void {
    const { claim } = hold;
    const { deliveryId, recipientId, shardId, attempt, epoch } = claim;
    const fate = this.meta.take(shardId, template, this.nowMs);
    const accepted = fate.kind === 'taken';
    const unseen = fate.kind === 'refused' && fate.code !== UNREACHABLE;
    const { process, awakeSinceMs } = pod;
    const atMs = this.nowMs;
    this.posts.push({ atMs, deliveryId, recipientId, shardId, template, attempt, epoch, accepted, unseen, process, awakeSinceMs });
    if (accepted) this.sendWebhook(claim);
    const isHeard = fate.kind === 'refused' || (fate.kind === 'taken' && fate.isHeard);
    const answer = fate.kind === 'refused' ? refused(fate.code) : isHeard ? ACCEPTED : SILENCE;
    this.by(pod, isHeard ? this.random.int(50, 800) : HTTP_TIMEOUT_MS, () => this.result(pod, hold, template, answer));
  }

  private sendWebhook({ deliveryId, attempt }: DeliveryRecord): void {
    const isLate = this.random.chance(this.weather.webhookLate);
    this.at(isLate ? 2 * WINDOW_MS : this.random.int(200, 6_000), () => {
      const row = this.rows.get(deliveryId);
      this.rows.put(proven(row, attempt, `w-${attempt}`) ?? row);
      this.evidenceUntilMs = this.nowMs;
    });
  }

  private result(pod: Pod, hold: Hold, template: string, outcome: SendOutcome): void {
    const { claim } = hold;
    const settlement = settleAttempt(claim, outcome, () => `w-${claim.attempt}`, {
      nowMs: this.nowMs,
      window: WINDOW,
      maxAttempts: MAX_ATTEMPTS,
      resolveAfterMs: RESOLVE_AFTER_MS,
      latePolicy: 'none',
      byMediaId: false,
      random: this.random,
    });
    if (isTooFast(outcome)) pod.rate.tooFast();
    const target = { shardId: claim.shardId, phoneNumberId: claim.shardId, wabaId: WABA, template, runId: RUN };
    const opened = pod.breakers.record(target, outcome);
    if (opened) {
      const { scope, key, until, openedAtMs: fromMs } = opened;
      this.stops.push({ process: pod.process, scope, key, fromMs, untilMs: typeof until === 'number' ? until : Infinity });
    }
    this.write(pod, hold, settlement);
  }

  /** Results linger for company; who dies meanwhile takes them along. A commit that is not heard of is tried again. */
  private write(pod: Pod, { claim, started }: Hold, settlement: Settlement): void {
    const commit = (): void => {
      const next = settle(this.rows.get(claim.deliveryId), { ...claim, settlement });
      if (next) this.rows.put(next);
    };
    const hear = (): void => {
      commit();
      started.settled(claim, settlement);
    };
    const isToldTwice = this.random.chance(this.weather.toldTwice);
    this.by(pod, LINGER_MS, isToldTwice ? commit : hear);
    if (isToldTwice) this.by(pod, LINGER_MS + this.random.int(50, 2_000), hear);
  }

  private sweep(pod: Pod): void {
    const { nowMs, rows, numbers } = this;
    const { policy } = this.weather;
    const { closesAt: closesAtMs } = WINDOW;
    if (this.leases.holds(pod, nowMs) && WINDOW.contains(nowMs)) {
      const moved = handOver(pod, rows, { nowMs, closesAtMs, numbers, standingOf: (shardId) => this.standingOf(pod, shardId) });
      for (const [shardId, n] of moved) this.movedTo.set(shardId, (this.movedTo.get(shardId) ?? 0) + n);
    }
    decide(pod, rows, { nowMs, policy, evidenceUntilMs: this.evidenceUntilMs });
  }
}
