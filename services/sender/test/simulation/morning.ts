import type { SendOutcome } from '@daybreak/cloud-api';
import { seededRandom, type SeededRandom } from '@daybreak/kernel';
import { allocateShards } from '@daybreak/shards';
import { retryFits, sendWindowFrom } from '@daybreak/timing';
import { closed, orphaned, proven, resolved, settle } from '../../src/delivery/delivery-machine.js';
import type { DeliveryRecord, Settlement } from '../../src/delivery/delivery-record.js';
import { lastChecks } from '../../src/delivery/last-checks.js';
import { assignToHelpers } from '../../src/delivery/need-of-help.js';
import { settleAttempt } from '../../src/delivery/settle-attempt.js';
import { CLAIM_LIFE_MS, LEASE_RENEW_EVERY_MS, type ShardLease } from '../../src/shard/shard-lease.js';
import { LeaseRows, podOf, RATE, type Pod } from './pods.js';
import { ACCEPTED, AGREED, BLANK, CONTENT, refused, type MorningOutcome, type Post, type Weather } from './weather.js';

const PEOPLE = 40;
const WINDOW_MS = 120_000;
const HTTP_TIMEOUT_MS = 10_000;
const RESOLVE_AFTER_MS = 20_000;
const TICK_MS = 100;
const AHEAD_MS = 200;
const LINGER_MS = 200;
const MAX_ATTEMPTS = 3;
const SHARDS = ['shard-1', 'shard-2'] as const;

/** How long what an operator, Meta or a person said takes to reach every pod. */
const HEARD_WITHIN_MS = 900;

/**
 * One morning of two numbers and two pods for each, event by event, on the pure core alone: a database that is always right, a Meta that keeps its own
 * ledger, and processes that die, freeze and forget. The same seed gives the same morning.
 */
export function simulateMorning(seed: number, weather: Weather): MorningOutcome {
  return new Simulation(seed, weather).run();
}

class Simulation {
  private readonly random: SeededRandom;
  private readonly window = sendWindowFrom({
    freezeAt: 0,
    stagedBy: 0,
    opensAt: 10_000,
    firstAttemptsEndAt: 10_000 + WINDOW_MS - 30_000,
    closesAt: 10_000 + WINDOW_MS,
    deadlineAt: 10_000 + WINDOW_MS + 30_000,
    liveSealAt: 10_000 + WINDOW_MS + 60_000,
    finalSealAt: 10_000 + WINDOW_MS + 60_000,
  });
  private readonly rows = new Map<string, DeliveryRecord>();
  private readonly posts: Post[] = [];
  private readonly leases = new LeaseRows(SHARDS);
  private readonly stoppedAtMs = new Map<string, number>();
  private readonly haltedFromMs: number;
  private moved = 0;
  private evidenceUntilMs = 0;
  private readonly pods: Pod[] = [...SHARDS, ...SHARDS].map(podOf);
  private readonly agenda = new Map<number, (() => void)[]>();
  private nowMs = 0;

  constructor(
    seed: number,
    private readonly weather: Weather,
  ) {
    this.random = seededRandom(seed);
    const { opensAt, firstAttemptsEndAt, closesAt } = this.window;
    const numbers = SHARDS.map((shardId) => ({ shardId, weight: 1, ratePerSecond: RATE }));
    const allocation = allocateShards(numbers, firstAttemptsEndAt - opensAt);
    for (let i = 0; i < PEOPLE; i++) {
      const recipientId = `r-${i}`;
      // Half of them evenly, half at once: more than a number may send while a claim lives.
      const place = i % 2 === 0 ? i / PEOPLE : 0;
      const dueAtMs = opensAt + Math.floor(place * (firstAttemptsEndAt - opensAt));
      const shardId = allocation.assign(recipientId) ?? SHARDS[0];
      this.rows.set(`d-${i}`, { ...BLANK, deliveryId: `d-${i}`, recipientId, shardId, dueAtMs });
      if (weather.stops > 0 && this.random.chance(weather.stops)) this.stoppedAtMs.set(recipientId, this.random.int(opensAt, closesAt));
    }
    this.haltedFromMs = weather.halted ? this.random.int(opensAt, firstAttemptsEndAt) : Number.POSITIVE_INFINITY;
  }

  run(): MorningOutcome {
    const endMs = this.window.closesAt + 120_000;
    for (this.nowMs = 0; this.nowMs < endMs; this.nowMs += 1) {
      for (const happen of this.agenda.get(this.nowMs) ?? []) happen();
      this.agenda.delete(this.nowMs);
      if (this.nowMs % TICK_MS === 0) this.pods.forEach((pod, i) => this.tick(pod, i));
    }
    const { posts, window, stoppedAtMs, haltedFromMs, moved } = this;
    return { records: [...this.rows.values()], posts, window, stoppedAtMs, haltedFromMs, moved };
  }

  private at(inMs: number, happen: () => void): void {
    const atMs = this.nowMs + Math.max(1, Math.round(inMs));
    this.agenda.set(atMs, [...(this.agenda.get(atMs) ?? []), happen]);
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

  private tick(pod: Pod, index: number): void {
    if (this.nowMs % 1_000 === 0) this.misfortune(pod);
    if (this.nowMs < pod.frozenUntilMs) return;
    if (this.nowMs % LEASE_RENEW_EVERY_MS === 0) this.leases.renew(pod, index, this.nowMs);
    if (this.nowMs % 1_000 === 0) this.leases.acquire(pod, index, this.nowMs);
    if (!pod.lease?.isFresh(this.nowMs)) return;
    if (this.nowMs % 1_000 === 0) this.sweep(pod);
    this.claim(pod, index);
  }

  private misfortune(pod: Pod): void {
    const isWindow = this.window.contains(this.nowMs);
    if (isWindow && this.random.chance(this.weather.killed)) {
      pod.life += 1;
      pod.lease = undefined;
      pod.held.clear();
      pod.frozenUntilMs = this.nowMs + 5_000;
    } else if (isWindow && this.random.chance(this.weather.frozen)) pod.frozenUntilMs = this.nowMs + this.random.int(500, 40_000);
  }

  private standsStill(shardId: string): boolean {
    return shardId === SHARDS[0] && this.nowMs >= this.haltedFromMs;
  }

  private claim(pod: Pod, index: number): void {
    const { lease } = pod;
    if (
      !lease ||
      !this.leases.holds(pod, index, this.nowMs) ||
      this.standsStill(pod.shardId) ||
      this.nowMs < this.window.opensAt - AHEAD_MS ||
      this.nowMs >= this.window.closesAt
    )
      return;
    for (const row of this.rows.values()) {
      if (row.state !== 'QUEUED' || row.shardId !== pod.shardId || row.dueAtMs > this.nowMs + AHEAD_MS) continue;
      const claim: DeliveryRecord = {
        ...row,
        state: 'CLAIMED',
        attempt: row.attempt + 1,
        claimNumber: row.claimNumber + 1,
        epoch: lease.epoch,
        claimedAtMs: this.nowMs,
      };
      this.rows.set(row.deliveryId, claim);
      pod.held.add(row.deliveryId);
      this.waitForSlot(pod, lease, claim, this.nowMs);
    }
  }

  private waitForSlot(pod: Pod, lease: ShardLease, claim: DeliveryRecord, claimedAtMonoMs: number): void {
    this.by(pod, Math.max(0, claim.dueAtMs - this.nowMs), () => {
      const word = lastChecks({ ...AGREED, ...claim, claimedAtMonoMs }, CONTENT, {
        nowMs: this.nowMs,
        nowMonoMs: this.nowMs,
        lease,
        window: this.window,
        latePolicy: 'none',
        standsStill: ({ shardId }) => this.standsStill(shardId),
        isTemplateOpen: () => true,
        isMediaOpen: () => true,
        isWithdrawn: () => false,
        consentSince: (recipientId) => {
          const atMs = this.stoppedAtMs.get(recipientId) ?? Number.POSITIVE_INFINITY;
          return this.nowMs >= atMs + HEARD_WITHIN_MS ? { state: 'opted_out', sinceMs: atMs } : undefined;
        },
      });
      if (word.kind === 'stay') return this.write(pod, claim, word.settlement);
      const waitMs = pod.throttle.take(this.nowMs);
      if (waitMs > 0) this.by(pod, waitMs, () => this.waitForSlot(pod, lease, claim, claimedAtMonoMs));
      else this.post(pod, claim);
    });
  }

  /** The request reaches Meta at once; what happens to the answer is another matter. */
  private post(pod: Pod, claim: DeliveryRecord): void {
    const { weather, random } = this;
    const fate = random.next();
    const refusal = fate < weather.tooFast ? 130429 : fate < weather.tooFast + weather.refused ? 131026 : undefined;
    const isSwallowed = refusal === undefined && random.chance(weather.swallowed);
    const accepted = refusal === undefined && !isSwallowed;
    const { deliveryId, recipientId, shardId, attempt, epoch } = claim;
    this.posts.push({ atMs: this.nowMs, deliveryId, recipientId, shardId, attempt, epoch, accepted });
    if (accepted) this.sendWebhook(claim);
    const isSilent = isSwallowed || (accepted && random.chance(weather.answerLost));
    const answer: SendOutcome = refusal !== undefined ? refused(refusal) : isSilent ? { kind: 'ambiguous', reason: 'timeout' } : ACCEPTED;
    this.by(pod, isSilent ? HTTP_TIMEOUT_MS : random.int(50, 800), () => this.result(pod, claim, answer));
  }

  private sendWebhook({ deliveryId, attempt }: DeliveryRecord): void {
    const isLate = this.random.chance(this.weather.webhookLate);
    this.at(isLate ? 2 * WINDOW_MS : this.random.int(200, 6_000), () => {
      const row = this.rows.get(deliveryId) as DeliveryRecord;
      this.rows.set(deliveryId, proven(row, attempt, `w-${attempt}`) ?? row);
      this.evidenceUntilMs = this.nowMs;
    });
  }

  private result(pod: Pod, claim: DeliveryRecord, outcome: SendOutcome): void {
    const settlement = settleAttempt(claim, outcome, () => `w-${claim.attempt}`, {
      nowMs: this.nowMs,
      window: this.window,
      maxAttempts: MAX_ATTEMPTS,
      resolveAfterMs: RESOLVE_AFTER_MS,
      latePolicy: 'none',
      byMediaId: false,
      random: this.random,
    });
    this.write(pod, claim, settlement);
  }

  /** Results linger for company; who dies meanwhile takes them along. A commit that is not heard of is tried again. */
  private write(pod: Pod, claim: DeliveryRecord, settlement: Settlement): void {
    const commit = (): void => {
      const row = this.rows.get(claim.deliveryId) as DeliveryRecord;
      this.rows.set(claim.deliveryId, settle(row, { ...claim, settlement }) ?? row);
      pod.held.delete(claim.deliveryId);
    };
    this.by(pod, LINGER_MS, commit);
    if (this.random.chance(this.weather.toldTwice)) this.by(pod, LINGER_MS + this.random.int(50, 2_000), commit);
  }

  private sweep(pod: Pod): void {
    const { nowMs, window } = this;
    const completeUntil = (): number => this.evidenceUntilMs;
    const { policy } = this.weather;
    const isOver = nowMs >= window.closesAt + 45_000;
    const canSendAgain = retryFits(nowMs, 0, window);
    if (this.standsStill(pod.shardId)) this.handOver(pod);
    for (const [id, row] of this.rows) {
      if (row.shardId !== pod.shardId) continue;
      const resolveAtMs = Math.max((row.claimedAtMs ?? 0) + CLAIM_LIFE_MS + HTTP_TIMEOUT_MS, nowMs) + RESOLVE_AFTER_MS;
      const next =
        orphaned(row, pod.lease?.epoch ?? 0, resolveAtMs) ??
        resolved(row, {
          nowMs,
          policy,
          maxAttempts: MAX_ATTEMPTS,
          canSendAgain,
          completeUntil,
          resolveAfterMs: RESOLVE_AFTER_MS,
          isOver,
        }) ??
        (nowMs >= window.closesAt ? closed(row) : undefined);
      if (next) this.rows.set(id, next);
    }
  }

  /** What waits goes to the other number, by the mapping of an emergency re-shard. */
  private handOver(pod: Pod): void {
    const waiting = [...this.rows.values()].filter(({ state, shardId }) => state === 'QUEUED' && shardId === pod.shardId);
    const { closesAt: closesAtMs } = this.window;
    const helper = { shardId: SHARDS[1], waiting: 0, ratePerSecond: RATE, sendsFromMs: this.nowMs, closesAtMs, capLeft: PEOPLE };
    const recipients = waiting.map(({ recipientId }) => recipientId);
    const targets = assignToHelpers(recipients, [helper]);
    for (const row of waiting) {
      const shardId = targets.get(row.recipientId);
      if (shardId === undefined) continue;
      this.rows.set(row.deliveryId, { ...row, shardId });
      this.moved += 1;
    }
  }
}
