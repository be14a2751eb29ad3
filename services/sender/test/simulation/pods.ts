import { LEASE_TTL_MS, ShardLease } from '../../src/shard/shard-lease.js';
import { ShardThrottle } from '../../src/shard/shard-throttle.js';

/** Messages per second of one number: fewer than are due at once. */
export const RATE = 2;

/** A process that may own a number. */
export interface Pod {
  readonly shardId: string;
  lease: ShardLease | undefined;
  throttle: ShardThrottle;
  frozenUntilMs: number;
  /** What the process has in hand; gone with it. */
  held: Set<string>;
  /** Grows with every restart: what an earlier process had planned does not happen. */
  life: number;
}

export const podOf = (shardId: string): Pod => ({
  shardId,
  lease: undefined,
  throttle: new ShardThrottle(RATE),
  frozenUntilMs: 0,
  held: new Set(),
  life: 0,
});

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

  renew(pod: Pod, index: number, nowMs: number): void {
    if (!pod.lease) return;
    const row = this.rowOf(pod);
    if (row.owner === index && row.epoch === pod.lease.epoch) {
      row.expiresAtMs = nowMs + LEASE_TTL_MS;
      pod.lease.renewed(nowMs);
    } else {
      pod.lease.lose();
      pod.lease = undefined;
    }
  }

  acquire(pod: Pod, index: number, nowMs: number): void {
    const row = this.rowOf(pod);
    if (pod.lease || row.expiresAtMs > nowMs) return;
    Object.assign(row, { epoch: row.epoch + 1, owner: index, expiresAtMs: nowMs + LEASE_TTL_MS });
    pod.lease = new ShardLease(pod.shardId, row.epoch, String(index), nowMs);
    pod.throttle = new ShardThrottle(RATE);
  }

  /** Whether the database would let this pod claim. */
  holds(pod: Pod, index: number, nowMs: number): boolean {
    const row = this.rowOf(pod);
    return row.owner === index && row.epoch === pod.lease?.epoch && row.expiresAtMs > nowMs;
  }

  private rowOf({ shardId }: Pod): LeaseRow {
    return this.rows.get(shardId) as LeaseRow;
  }
}
