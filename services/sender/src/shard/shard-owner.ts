import { HealthRegistry, LOGGER, metrics, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import { KnownStates } from '../states/known-states.js';
import { LeaseRepository } from '../store/lease.repository.js';
import { OpenShard } from './open-shard.js';
import type { OwnedShard } from './owned-shard.js';
import { POD, type Pod } from './pod.js';
import { LEASE_RENEW_EVERY_MS, ShardLease } from './shard-lease.js';
import { WarmConnections } from './warm-connections.js';

const TICK_MS = 1_000;

/** A pod that has work of its own takes another shard only when no spare came for it. Real ms. */
const PATIENCE_MS = 4_000;

/**
 * Which shards this pod owns. Pod i prefers shard i, but authority is the lease: a spare takes what expired, and a pod that has a shard
 * already takes another only when nobody else does, and hands it back to the pod it is for.
 */
@Injectable()
export class ShardOwner {
  @Inject() private readonly connections!: WarmConnections;
  private readonly owned = new Map<string, OwnedShard>();
  /** They drain, which may take as long as the slowest answer; until then their leases are renewed like all others. */
  private readonly leaving = new Map<OwnedShard, Promise<void>>();
  private known = '';
  private renewedAtMonoMs = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;
  private ticking: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly leases: LeaseRepository,
    private readonly states: KnownStates,
    private readonly shards: OpenShard,
    @Inject(POD) private readonly pod: Pod,
    @Inject(LOGGER) private readonly logger: Logger,
    health: HealthRegistry,
  ) {
    health.register('shard-progress', 'liveness', () => this.assertProgress());
  }

  get ownedShardIds(): readonly string[] {
    return [...this.owned.keys()];
  }

  start(): void {
    this.again(0);
  }

  /** Hands every shard over: what is on the wire ends, results are written, leases are free at once. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.ticking;
    // Leases are kept alive until their shards have drained.
    const renewing = setInterval(() => {
      void this.renew().catch((error: unknown) => this.logger.warn({ err: error }, 'leases could not be renewed while draining'));
    }, LEASE_RENEW_EVERY_MS);
    await Promise.all([...this.owned.values()].map((shard) => this.handOver(shard, 'the pod stops')));
    clearInterval(renewing);
  }

  private again(inMs: number): void {
    this.timer = setTimeout(() => {
      this.ticking = this.tick()
        .catch((error: unknown) =>
          this.logger.warn({ err: error }, 'leases could not be renewed or taken; nothing is sent on a lease that may have run out'),
        )
        .then(() => {
          if (!this.stopped) this.again(TICK_MS);
        });
    }, inMs);
  }

  private async tick(): Promise<void> {
    if (performance.now() - this.renewedAtMonoMs >= LEASE_RENEW_EVERY_MS - TICK_MS / 2) await this.renew();
    for (const shard of this.staying()) if (shard.isStuck()) void this.handOver(shard, 'it makes no progress');
    await this.learnShards();
    await this.take();
    this.connections.consider(this.staying());
  }

  private async renew(): Promise<void> {
    const askedAtMonoMs = performance.now();
    const held = [...this.owned.values()].map(({ lease }) => lease);
    const renewed = await this.leases.renew(this.pod.owner, held);
    this.renewedAtMonoMs = askedAtMonoMs;
    for (const lease of held) {
      const still = renewed.find(({ shardId, epoch }) => shardId === lease.shardId && epoch === lease.epoch);
      const shard = this.owned.get(lease.shardId);
      if (!shard || shard.lease !== lease) continue;
      if (!still) this.lose(shard);
      else {
        lease.renewed(askedAtMonoMs);
        if (still.wantedBy !== '' && this.staying().length > 1 && !this.stopped) void this.handOver(shard, 'the pod it is for is back');
      }
    }
  }

  /** Another pod has it. What is on the wire may end and be recorded; nothing new starts. */
  private lose(shard: OwnedShard): void {
    metrics.leaseRenewFailures.inc({ shard_id: shard.shardId });
    this.logger.warn({ shardId: shard.shardId, epoch: shard.lease.epoch }, 'the lease is lost; another pod may own the shard');
    this.forget(shard);
    void shard
      .stop()
      .catch((error: unknown) => this.logger.error({ err: error, shardId: shard.shardId }, 'a lost shard did not stop in order'));
  }

  /** Shards that this pod goes on with. */
  private staying(): OwnedShard[] {
    return [...this.owned.values()].filter((shard) => !this.leaving.has(shard));
  }

  /** Never rejects. Nobody but a pod that stops waits for it. */
  private handOver(shard: OwnedShard, why: string): Promise<void> {
    const leaves = this.leaving.get(shard) ?? this.drain(shard, why);
    this.leaving.set(shard, leaves);
    return leaves;
  }

  private async drain(shard: OwnedShard, why: string): Promise<void> {
    const { shardId, lease } = shard;
    this.logger.info({ shardId, epoch: lease.epoch, why }, 'the shard is handed over');
    try {
      await shard.stop();
      this.forget(shard);
      await this.leases.release(this.pod.owner, lease);
    } catch (error) {
      this.logger.error({ err: error, shardId }, 'a shard was not handed over in order; its lease runs out by itself');
    } finally {
      this.forget(shard);
      this.leaving.delete(shard);
    }
  }

  private forget(shard: OwnedShard): void {
    shard.lease.lose();
    if (this.owned.get(shard.shardId) === shard) this.owned.delete(shard.shardId);
  }

  private async learnShards(): Promise<void> {
    const shardIds = this.shardIds();
    if (shardIds.join() === this.known) return;
    await this.leases.know(shardIds);
    this.known = shardIds.join();
  }

  private async take(): Promise<void> {
    const free = this.shardIds().filter((shardId) => !this.owned.has(shardId));
    const mine = this.preferred();
    const wish = {
      owner: this.pod.owner,
      preferred: free.filter((shardId) => shardId === mine),
      others: free.filter((shardId) => shardId !== mine),
      patienceMs: this.owned.size === 0 && mine === undefined ? 0 : PATIENCE_MS,
    };
    if (free.length === 0) return;
    const askedAtMonoMs = performance.now();
    const taken = await this.leases.take(wish);
    if (taken) {
      const shard = this.shards.open(new ShardLease(taken.shardId, taken.epoch, this.pod.owner, askedAtMonoMs));
      this.owned.set(taken.shardId, shard);
      shard.start();
      await this.take();
    } else if (this.owned.size === 0 && mine !== undefined) {
      await this.leases.ask(this.pod.owner, [mine]);
    }
  }

  private shardIds(): string[] {
    return this.states.shards.map(({ shardId }) => shardId);
  }

  private preferred(): string | undefined {
    return this.pod.ordinal === undefined ? undefined : this.shardIds()[this.pod.ordinal];
  }

  private assertProgress(): Promise<void> {
    const stuck = this.staying()
      .filter((shard) => shard.isStuck())
      .map(({ shardId }) => shardId);
    return stuck.length === 0
      ? Promise.resolve()
      : Promise.reject(new Error(`no pick-up although deliveries are due: ${stuck.join(', ')}`));
  }
}
