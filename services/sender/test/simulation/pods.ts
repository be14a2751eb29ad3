import type { Clock } from '@daybreak/kernel';
import type { DeliveryRecord } from '../../src/delivery/delivery-record.js';
import { Patience } from '../../src/delivery/need-of-help.js';
import type { KnownShard } from '../../src/shard/known-shard.js';
import { LEASE_TTL_MS, ShardLease } from '../../src/shard/shard-lease.js';
import { ShardRate } from '../../src/shard/shard-rate.js';
import { StartedRecipients } from '../../src/shard/started-recipients.js';
import { Breakers } from '../../src/states/breakers.js';
import type { Rows } from './rows.js';

/** Numbers as a process sees them. */
export type Numbers = (shardId: string) => KnownShard;

/** What a process is told of, and by which clock it lives. */
export interface World {
  readonly clock: Clock;
  readonly numbers: Numbers;
  readonly rows: Rows;
}

/** A claim in the hands of the process that made it. */
export interface Hold {
  readonly lease: ShardLease;
  readonly started: StartedRecipients;
  readonly claim: DeliveryRecord;
  readonly claimedAtMonoMs: number;
}

/** A process that may own a number, as it is between its start and its death. */
export class Pod {
  lease: ShardLease | undefined;
  rate: ShardRate;
  started = new StartedRecipients(new Map());
  breakers: Breakers;
  patience = new Patience();
  /** What it has claimed and not posted, in the order in which it is due. */
  ready: Hold[] = [];
  /** Grows whenever it decides when to look at them next. */
  turn = 0;
  frozenUntilMs = 0;
  /** Grows with every restart: what an earlier process had planned does not happen. */
  life = 0;
  /** Since when it has not been stopped: what it knows is at most a look at the database old. */
  awakeSinceMs = 0;
  private knowsVersion = -1;

  constructor(
    readonly shardId: string,
    readonly index: number,
    private readonly world: World,
  ) {
    this.breakers = new Breakers(world.clock);
    this.rate = this.aRate();
  }

  /** Names one process. */
  get process(): string {
    return `${this.index}.${this.life}`;
  }

  /** kill -9, and another process some time later. */
  die(backAtMs: number): void {
    this.life += 1;
    this.lease = undefined;
    this.breakers = new Breakers(this.world.clock);
    this.patience = new Patience();
    this.ready = [];
    this.knowsVersion = -1;
    this.freeze(backAtMs);
  }

  freeze(untilMs: number): void {
    this.frozenUntilMs = untilMs;
    this.awakeSinceMs = untilMs;
  }

  begin(lease: ShardLease): void {
    this.lease = lease;
    this.rate = this.aRate();
    this.rate.tune();
    this.started = this.world.rows.startedBy(this.shardId);
  }

  /** Tells the others of what it opened, and hears of theirs. */
  refresh(): void {
    const { rows } = this.world;
    const opened = this.breakers.toSave();
    if (opened.length > 0) rows.save(opened);
    if (this.knowsVersion === rows.breakersVersion) return;
    this.knowsVersion = rows.breakersVersion;
    this.breakers.load(rows.openBreakers());
  }

  private aRate(): ShardRate {
    const { clock, numbers } = this.world;
    return new ShardRate(this.shardId, { clock, states: { shard: numbers, control: () => undefined, inboundPerSecond: () => 0 } });
  }
}

interface LeaseRow {
  epoch: number;
  owner: number;
  expiresAtMs: number;
}

/** The lease rows, in database time. An owner is the place of its pod. */
export class LeaseRows {
  private readonly rows: ReadonlyMap<string, LeaseRow>;

  constructor(shardIds: readonly string[]) {
    this.rows = new Map(shardIds.map((shardId) => [shardId, { epoch: 0, owner: -1, expiresAtMs: 0 }]));
  }

  renew(pod: Pod, nowMs: number): void {
    if (!pod.lease) return;
    const row = this.rowOf(pod);
    if (row.owner === pod.index && row.epoch === pod.lease.epoch) {
      row.expiresAtMs = nowMs + LEASE_TTL_MS;
      pod.lease.renewed(nowMs);
    } else {
      pod.lease.lose();
      pod.lease = undefined;
    }
  }

  acquire(pod: Pod, nowMs: number): void {
    const row = this.rowOf(pod);
    if (pod.lease || row.expiresAtMs > nowMs) return;
    Object.assign(row, { epoch: row.epoch + 1, owner: pod.index, expiresAtMs: nowMs + LEASE_TTL_MS });
    pod.begin(new ShardLease(pod.shardId, row.epoch, String(pod.index), nowMs));
  }

  /** Whether the database would let this pod claim. */
  holds(pod: Pod, nowMs: number): boolean {
    const row = this.rowOf(pod);
    return row.owner === pod.index && row.epoch === pod.lease?.epoch && row.expiresAtMs > nowMs;
  }

  private rowOf({ shardId }: Pod): LeaseRow {
    return this.rows.get(shardId) as LeaseRow;
  }
}
