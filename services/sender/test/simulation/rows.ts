import { isSettled } from '@daybreak/delivery';
import type { DeliveryRecord } from '../../src/delivery/delivery-record.js';
import type { Breaker } from '../../src/states/breakers.js';
import { StartedRecipients } from '../../src/shard/started-recipients.js';

const MINUTE_MS = 60_000;

/** A database that is always right: the deliveries, and the breakers that everybody shares. */
export class Rows {
  /** What is not settled yet, by number: what owners look at every tick. */
  private readonly open = new Map<string, Map<string, DeliveryRecord>>();
  private readonly deliveries = new Map<string, DeliveryRecord>();
  private readonly breakers = new Map<string, Breaker>();
  /** How many are not settled. */
  unsettled = 0;
  /** Grows with every breaker. */
  breakersVersion = 0;

  get(deliveryId: string): DeliveryRecord {
    return this.deliveries.get(deliveryId) as DeliveryRecord;
  }

  all(): DeliveryRecord[] {
    return [...this.deliveries.values()];
  }

  openOf(shardId: string): Iterable<DeliveryRecord> {
    return this.open.get(shardId)?.values() ?? [];
  }

  hasNothingOpen(shardId: string): boolean {
    return (this.open.get(shardId)?.size ?? 0) === 0;
  }

  put(row: DeliveryRecord): void {
    const before = this.deliveries.get(row.deliveryId);
    this.deliveries.set(row.deliveryId, row);
    const wasOpen = before !== undefined && !isSettled(before.state);
    const isOpen = !isSettled(row.state);
    if (wasOpen && (!isOpen || before.shardId !== row.shardId)) this.open.get(before.shardId)?.delete(row.deliveryId);
    if (isOpen) this.openBy(row.shardId).set(row.deliveryId, row);
    this.unsettled += Number(isOpen) - Number(wasOpen);
  }

  /** How many wait for an attempt from a number. */
  waiting(shardId: string): number {
    let count = 0;
    for (const { state } of this.openOf(shardId)) if (state === 'QUEUED') count += 1;
    return count;
  }

  /** Whom a number has started, as whoever takes it over reads it. */
  startedBy(shardId: string): StartedRecipients {
    const byMinute = new Map<number, number>();
    for (const row of this.deliveries.values()) {
      if (row.shardId !== shardId || row.attempt <= row.spared) continue;
      const minute = Math.floor((row.claimedAtMs ?? row.dueAtMs) / MINUTE_MS);
      byMinute.set(minute, (byMinute.get(minute) ?? 0) + 1);
    }
    return new StartedRecipients(byMinute);
  }

  openBreakers(): Breaker[] {
    return [...this.breakers.values()];
  }

  save(breakers: readonly Breaker[]): void {
    for (const breaker of breakers) {
      this.breakers.set(`${breaker.scope} ${breaker.key}`, breaker);
      this.breakersVersion += 1;
    }
  }

  private openBy(shardId: string): Map<string, DeliveryRecord> {
    let ofShard = this.open.get(shardId);
    if (!ofShard) this.open.set(shardId, (ofShard = new Map()));
    return ofShard;
  }
}
