import { CloudApiError, type SendOutcome } from '@daybreak/cloud-api';
import { seededRandom, type SeededRandom } from '@daybreak/kernel';
import { retryFits, sendWindowFrom, type SendWindow } from '@daybreak/timing';
import { closed, orphaned, proven, resolved, settle } from '../../src/delivery/delivery-machine.js';
import type { AmbiguousPolicy, DeliveryRecord } from '../../src/delivery/delivery-record.js';
import { isOurs } from '../../src/delivery/last-checks.js';
import { settleAttempt } from '../../src/delivery/settle-attempt.js';
import { CLAIM_LIFE_MS, LEASE_RENEW_EVERY_MS, LEASE_TTL_MS, ShardLease } from '../../src/shard/shard-lease.js';
import { ShardThrottle } from '../../src/shard/shard-throttle.js';

/** How much goes wrong. Probabilities are per POST, unless said otherwise. */
export interface Weather {
  readonly policy: AmbiguousPolicy;
  /** Meta took it, and the answer never came. */
  readonly answerLost: number;
  /** Neither Meta nor we know: it was not taken, and no answer came. */
  readonly swallowed: number;
  /** Refused for throughput. */
  readonly tooFast: number;
  /** Refused for ever. */
  readonly refused: number;
  /** Per accepted message: its webhooks come after the policy has decided, or never. */
  readonly webhookLate: number;
  /** Per pod and second: kill -9, and another process five seconds later. */
  readonly killed: number;
  /** Per pod and second: stopped for up to forty seconds. */
  readonly frozen: number;
}

export interface Post {
  readonly atMs: number;
  readonly deliveryId: string;
  readonly attempt: number;
  readonly epoch: number;
  readonly accepted: boolean;
}

export interface MorningOutcome {
  readonly records: readonly DeliveryRecord[];
  readonly posts: readonly Post[];
  readonly window: SendWindow;
}

interface Pod {
  lease: ShardLease | undefined;
  throttle: ShardThrottle;
  frozenUntilMs: number;
  /** What the process has in hand; gone with it. */
  held: Set<string>;
  /** Grows with every restart: what an earlier process had planned does not happen. */
  life: number;
}

const PEOPLE = 40;
const WINDOW_MS = 120_000;
const HTTP_TIMEOUT_MS = 10_000;
const RESOLVE_AFTER_MS = 20_000;
const TICK_MS = 100;
const AHEAD_MS = 200;
const LINGER_MS = 200;
const MAX_ATTEMPTS = 3;
const RATE = 20;

/**
 * One morning of one number and two pods, event by event, on the pure core alone: a database that is always right, a Meta that keeps its own
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
  /** The lease row, in database time. */
  private lease = { epoch: 0, owner: -1, expiresAtMs: 0 };
  private evidenceUntilMs = 0;
  private readonly pods: Pod[] = [0, 1].map(() => ({
    lease: undefined,
    throttle: new ShardThrottle(RATE),
    frozenUntilMs: 0,
    held: new Set(),
    life: 0,
  }));
  private readonly agenda = new Map<number, (() => void)[]>();
  private nowMs = 0;

  constructor(
    seed: number,
    private readonly weather: Weather,
  ) {
    this.random = seededRandom(seed);
    for (let i = 0; i < PEOPLE; i++) {
      const deliveryId = `d-${i}`;
      const dueAtMs = this.window.opensAt + Math.floor((i * (this.window.firstAttemptsEndAt - this.window.opensAt)) / PEOPLE);
      this.rows.set(deliveryId, { ...BLANK, deliveryId, recipientId: `r-${i}`, dueAtMs });
    }
  }

  run(): MorningOutcome {
    const endMs = this.window.closesAt + 120_000;
    for (this.nowMs = 0; this.nowMs < endMs; this.nowMs += 1) {
      for (const happen of this.agenda.get(this.nowMs) ?? []) happen();
      this.agenda.delete(this.nowMs);
      if (this.nowMs % TICK_MS === 0) this.pods.forEach((pod, i) => this.tick(pod, i));
    }
    return { records: [...this.rows.values()], posts: this.posts, window: this.window };
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
    if (this.nowMs % LEASE_RENEW_EVERY_MS === 0) this.renew(pod, index);
    if (this.nowMs % 1_000 === 0) this.acquire(pod, index);
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

  private renew(pod: Pod, index: number): void {
    if (!pod.lease) return;
    if (this.lease.owner === index && this.lease.epoch === pod.lease.epoch) {
      this.lease.expiresAtMs = this.nowMs + LEASE_TTL_MS;
      pod.lease.renewed(this.nowMs);
    } else {
      pod.lease.lose();
      pod.lease = undefined;
    }
  }

  private acquire(pod: Pod, index: number): void {
    if (pod.lease || this.lease.expiresAtMs > this.nowMs) return;
    this.lease = { epoch: this.lease.epoch + 1, owner: index, expiresAtMs: this.nowMs + LEASE_TTL_MS };
    pod.lease = new ShardLease('shard-1', this.lease.epoch, String(index), this.nowMs);
    pod.throttle = new ShardThrottle(RATE);
  }

  private claim(pod: Pod, index: number): void {
    const { lease } = pod;
    const holds = lease && this.lease.owner === index && this.lease.epoch === lease.epoch && this.lease.expiresAtMs > this.nowMs;
    if (!holds || this.nowMs < this.window.opensAt - AHEAD_MS || this.nowMs >= this.window.closesAt) return;
    for (const row of this.rows.values()) {
      if (row.state !== 'QUEUED' || row.dueAtMs > this.nowMs + AHEAD_MS) continue;
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
      const isMine = isOurs({ claimedAtMonoMs }, lease, this.nowMs);
      if (!isMine || !this.window.contains(this.nowMs)) return this.result(pod, claim, { kind: 'not-sent', reason: 'withdrawn' });
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
    this.posts.push({ atMs: this.nowMs, deliveryId: claim.deliveryId, attempt: claim.attempt, epoch: claim.epoch, accepted });
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
    // Results linger for company; who dies meanwhile takes them along.
    this.by(pod, LINGER_MS, () => {
      const row = this.rows.get(claim.deliveryId) as DeliveryRecord;
      this.rows.set(claim.deliveryId, settle(row, { ...claim, settlement }) ?? row);
      pod.held.delete(claim.deliveryId);
    });
  }

  private sweep(pod: Pod): void {
    const { nowMs, window } = this;
    const completeUntil = (): number => this.evidenceUntilMs;
    const { policy } = this.weather;
    const isOver = nowMs >= window.closesAt + 45_000;
    const canSendAgain = retryFits(nowMs, 0, window);
    for (const [id, row] of this.rows) {
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
}

const BLANK: DeliveryRecord = {
  deliveryId: '',
  runId: 'main-20261122-0600',
  recipientId: '',
  shardId: 'shard-1',
  state: 'QUEUED',
  attempt: 0,
  spared: 0,
  claimNumber: 0,
  epoch: 0,
  dueAtMs: 0,
  claimedAtMs: null,
  resolveAtMs: null,
  observedAttempt: 0,
  acceptedAttempt: 0,
  wamidHash: '',
  errorCode: 0,
  reason: '',
};

const usage = { businessUseCases: [] } as unknown as Extract<SendOutcome, { kind: 'accepted' }>['usage'];
const ACCEPTED: SendOutcome = { kind: 'accepted', wamid: 'wamid.x', held: false, messageStatus: null, waId: null, userId: null, usage };

const refused = (code: number): SendOutcome => ({
  kind: 'rejected',
  error: new CloudApiError({ code, subcode: null, type: null, details: null, fbtraceId: null, isTransient: null }, 400),
  httpStatus: 400,
  usage,
});
