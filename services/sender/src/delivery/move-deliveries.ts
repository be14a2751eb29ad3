import type { Fault } from '@daybreak/cloud-api';
import { CLOCK } from '@daybreak/config';
import { Database } from '@daybreak/database';
import type { Clock } from '@daybreak/kernel';
import { LOGGER, metrics, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import { AlertPublisher } from '../outbound/alert.publisher.js';
import { DeliveryEventsPublisher } from '../outbound/delivery-events.publisher.js';
import type { KnownRun, KnownShard } from '../shard/known-shard.js';
import type { ShardLease } from '../shard/shard-lease.js';
import type { ShardRunner } from '../shard/shard-runner.js';
import { StartedRecipients } from '../shard/started-recipients.js';
import { KnownStates } from '../states/known-states.js';
import { ClaimRepository } from '../store/claim.repository.js';
import { MoveRepository } from '../store/move.repository.js';
import { assignToHelpers, helperOf, needOfHelp, Patience, type Helper } from './need-of-help.js';

/** What Meta says in the account's name, also of a single number that it locked. */
const ACCOUNT_FAULTS: ReadonlySet<string> = new Set<Fault>(['policy', 'payment', 'setting']);

const AT_ONCE = 2_000;

/**
 * Emergency re-shard: when a number is halted in mid-window, or cannot finish in time, its owner hands what it has not claimed to the others,
 * spares included, by the same mapping that planned it. One transaction under its own lease; whoever gets them finds them within a second.
 */
@Injectable()
export class MoveDeliveries {
  private readonly patience = new Patience();

  constructor(
    private readonly database: Database,
    private readonly moves: MoveRepository,
    private readonly claims: ClaimRepository,
    private readonly events: DeliveryEventsPublisher,
    private readonly alerts: AlertPublisher,
    private readonly states: KnownStates,
  ) {}

  @Inject(CLOCK) private readonly clock!: Clock;
  @Inject(LOGGER) private readonly logger!: Logger;

  async consider(lease: ShardLease, number: Pick<ShardRunner, 'allowedRate' | 'capLeft'>): Promise<void> {
    const nowMs = this.clock.nowMs();
    const shard = this.states.shard(lease.shardId);
    if (!shard) return;
    const open = this.states.runs.filter(({ window }) => window.contains(nowMs));
    if (open.length === 0) this.patience.forget();
    // All open runs share the number, and the one that closes first goes first.
    let waiting: ReadonlyMap<string, number> = new Map();
    for (const run of open) {
      const ofRun = await this.moves.waiting(run);
      waiting = sumOf(waiting, ofRun);
      await this.considerRun(run, shard, lease, number, { ofRun: ofRun.get(shard.shardId) ?? 0, all: waiting });
    }
  }

  private async considerRun(
    run: KnownRun,
    shard: KnownShard,
    lease: ShardLease,
    number: Pick<ShardRunner, 'allowedRate' | 'capLeft'>,
    waiting: { readonly ofRun: number; readonly all: ReadonlyMap<string, number> },
  ): Promise<void> {
    const nowMs = this.clock.nowMs();
    const troubleUntilMs = this.states.outOfActionUntil(shard.shardId, run.runId);
    const sendsFromMs = Math.max(nowMs, troubleUntilMs ?? nowMs);
    const lacking = needOfHelp({
      waiting: waiting.all.get(shard.shardId) ?? 0,
      ratePerSecond: number.allowedRate,
      sendsFromMs,
      closesAtMs: run.window.closesAt,
      capLeft: await number.capLeft(),
    });
    const need = Math.min(waiting.ofRun, lacking);
    const isHopeless = sendsFromMs === Number.POSITIVE_INFINITY;
    if (!this.patience.isOver(shard.shardId, run.runId, { need, isHopeless, isItsOwn: this.isOfThisNumber(shard, run) }, nowMs)) return;
    await this.handOver(run, shard, lease, { need, waiting: waiting.all, reason: this.reasonOf(shard, run, isHopeless) });
  }

  private async handOver(
    run: KnownRun,
    shard: KnownShard,
    lease: ShardLease,
    { need, waiting, reason }: { need: number; waiting: ReadonlyMap<string, number>; reason: string },
  ): Promise<void> {
    const helpers = await this.helpersFor(run, shard, waiting);
    if (helpers.length === 0) return;
    const movedAtMs = this.clock.nowMs();
    const moved = await this.database.transaction(async (tx) => {
      // Those due last: the number keeps what it can still send.
      const movable = await this.moves.lockMovable(tx, run, lease, Math.min(need, AT_ONCE));
      const targets = assignToHelpers(
        movable.map(({ recipientId }) => recipientId),
        helpers,
      );
      const facts = movable.flatMap(({ deliveryId, recipientId }) => {
        const toShardId = targets.get(recipientId);
        return toShardId === undefined ? [] : { deliveryId, runId: run.runId, fromShardId: shard.shardId, toShardId, reason, movedAtMs };
      });
      await this.moves.move(tx, run.runDate, facts);
      await this.events.moved(tx, facts);
      if (facts.length > 0) {
        await this.alerts.raise(tx, {
          name: 'DaybreakShardMoved',
          severity: 'page',
          summary: `${facts.length} deliveries of ${shard.shardId} go by other numbers: ${reason}`,
          labels: { shard_id: shard.shardId, run_id: run.runId },
          atMs: movedAtMs,
        });
      }
      return facts;
    });
    this.say(shard, moved, reason);
  }

  private say(shard: KnownShard, moved: readonly { readonly toShardId: string }[], reason: string): void {
    for (const [toShardId, ofTarget] of Map.groupBy(moved, (fact) => fact.toShardId)) {
      metrics.deliveriesMoved.inc({ from_shard_id: shard.shardId, to_shard_id: toShardId }, ofTarget.length);
      const isSpare = this.states.shard(toShardId)?.role === 'standby';
      const fields = { fromShardId: shard.shardId, toShardId, deliveries: ofTarget.length };
      this.logger.warn(
        fields,
        isSpare ? `Backup number activated due to ${reason} on primary` : `deliveries moved to another number: ${reason}`,
      );
    }
  }

  /** The numbers that can send now and have room, each with what it already has to do. */
  private async helpersFor(run: KnownRun, needy: KnownShard, waiting: ReadonlyMap<string, number>): Promise<Helper[]> {
    const nowMs = this.clock.nowMs();
    const able = this.states.shards.filter(
      ({ shardId }) => shardId !== needy.shardId && this.states.closedToClaims(shardId, run.runId, false) === undefined,
    );
    return Promise.all(
      able.map(async (shard) =>
        helperOf(
          shard,
          { control: this.states.control(shard.shardId), inboundPerSecond: this.states.inboundPerSecond(shard.phoneNumberId) },
          {
            waiting: waiting.get(shard.shardId) ?? 0,
            closesAtMs: run.window.closesAt,
            capLeft: await this.capLeftOf(shard, run, nowMs),
          },
          nowMs,
        ),
      ),
    );
  }

  /** Its owner may be another process: what the rows say. */
  private async capLeftOf(shard: KnownShard, run: KnownRun, nowMs: number): Promise<number> {
    if (shard.dailyCap === 0 && shard.hourlyCap === 0) return Number.POSITIVE_INFINITY;
    return new StartedRecipients(await this.claims.startsByMinute(run.runDate, shard.shardId)).room(shard, nowMs);
  }

  /** A refusal in the account's name may mean this number or all of them. If all, its webhook says so in a moment, and nobody could help. */
  private isOfThisNumber(shard: KnownShard, run: KnownRun): boolean {
    return shard.mode === 'halted' || !ACCOUNT_FAULTS.has(this.states.faultOf(shard.shardId, run.runId) ?? '');
  }

  private reasonOf(shard: KnownShard, run: KnownRun, isHopeless: boolean): string {
    if (!isHopeless) return 'a projected finish after the window';
    return this.states.closedToClaims(shard.shardId, run.runId, true) ?? 'a standstill';
  }
}

function sumOf(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): Map<string, number> {
  const sum = new Map(a);
  for (const [key, n] of b) sum.set(key, (sum.get(key) ?? 0) + n);
  return sum;
}
