/** Database time. Long enough for a pause of the process or the database, short enough for a spare to take over in time. */
export const LEASE_TTL_MS = 10_000;
export const LEASE_RENEW_EVERY_MS = 3_000;

/** Nothing starts on a lease that may run out while the request is being written. */
const LEASE_MARGIN_MS = 1_000;

/**
 * A POST starts at most this long after its delivery was claimed. Real time: a process that was stopped and goes on later sees by it
 * that somebody else may have decided meanwhile. Claim life + HTTP time-out stays below the time after which an ambiguous send is resolved.
 */
export const CLAIM_LIFE_MS = 3_000;

/** The right to send from one shard, for as long as it is renewed. `performance.now()` goes on while a process is stopped. */
export class ShardLease {
  private lost = false;

  constructor(
    readonly shardId: string,
    readonly epoch: number,
    /** The process that holds it. */
    readonly owner: string,
    /** `performance.now()` before the database was asked for it, or to renew it. */
    private renewedAtMonoMs: number,
  ) {}

  renewed(askedAtMonoMs: number): void {
    this.renewedAtMonoMs = Math.max(this.renewedAtMonoMs, askedAtMonoMs);
  }

  lose(): void {
    this.lost = true;
  }

  isFresh(nowMonoMs: number = performance.now()): boolean {
    return !this.lost && nowMonoMs - this.renewedAtMonoMs < LEASE_TTL_MS - LEASE_MARGIN_MS;
  }
}
