import { CLOCK, CONFIG } from '@daybreak/config';
import type { Clock } from '@daybreak/kernel';
import { LOGGER, type Logger } from '@daybreak/observability';
import { canStart, endOfSending } from '@daybreak/timing';
import { Inject, Injectable } from '@nestjs/common';
import { MediaIds } from '../media/media-ids.js';
import type { SenderConfig } from '../sender.config.js';
import type { KnownRun, KnownShard } from '../shard/known-shard.js';
import type { ShardLease } from '../shard/shard-lease.js';
import type { StartedRecipients } from '../shard/started-recipients.js';
import { KnownStates } from '../states/known-states.js';
import { ClaimRepository, type ClaimFilter } from '../store/claim.repository.js';
import type { Claim, Content } from './claim.js';
import { ContentCache } from './content-cache.js';

/**
 * Deliveries are claimed so far ahead of their due instant, real ms. More would make more of them ambiguous when the process dies;
 * less would cost a transaction for every few messages.
 */
const AHEAD_MS = 200;
const SMALLEST_BATCH = 8;
const LARGEST_BATCH = 1_000;

/** When a look was broken off half-way. Real ms. */
const LOOK_AGAIN_MS = 200;

/** What was claimed, and when to look again. */
export interface Look {
  readonly claims: Claim[];
  /** Epoch ms of the run's clock. */
  readonly lookAgainAtMs: number;
}

/** Takes due deliveries out of the database, with everything that sending them needs, so that the sending path asks no store. */
@Injectable()
export class ClaimDue {
  @Inject(LOGGER) private readonly logger!: Logger;

  constructor(
    private readonly claims: ClaimRepository,
    private readonly contents: ContentCache,
    private readonly mediaIds: MediaIds,
    private readonly states: KnownStates,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<SenderConfig, 'LATE_POLICY'>,
  ) {}

  /** What the look-ahead is on the run's clock. */
  get aheadMs(): number {
    return AHEAD_MS * this.clock.speed;
  }

  /** As many as the rate can use within the look-ahead: a claim that has to wait long is a claim that dies with its process. */
  batchSize(ratePerSecond: number): number {
    if (ratePerSecond === 0) return 0;
    return Math.min(LARGEST_BATCH, Math.max(SMALLEST_BATCH, Math.ceil((ratePerSecond * this.aheadMs) / 1_000)));
  }

  contentOf(claim: Claim): Content | undefined {
    return this.contents.get(claim.contentId);
  }

  /** Nothing can be sent from its content, now or later. */
  isUnreadable(claim: Claim): boolean {
    return this.contents.isUnreadable(claim.contentId);
  }

  /**
   * The next due deliveries, in order, and when to look again (epoch ms of the run's clock; infinite when nothing else waits). What was claimed is
   * returned although a later question failed: a claim that nobody has in hand is lost for as long as it takes to find it.
   */
  async next(lease: ShardLease, limit: number, started: StartedRecipients): Promise<Look> {
    const nowMs = this.clock.nowMs();
    const claims: Claim[] = [];
    try {
      return { claims, lookAgainAtMs: await this.claimInto(claims, lease, limit, started, nowMs) };
    } catch (error) {
      if (claims.length === 0) throw error;
      this.logger.warn({ err: error, shardId: lease.shardId }, 'a look for due deliveries broke off; what it had claimed is sent');
      return { claims, lookAgainAtMs: nowMs + LOOK_AGAIN_MS * this.clock.speed };
    }
  }

  /** Returns when to look again. */
  private async claimInto(claims: Claim[], lease: ShardLease, limit: number, started: StartedRecipients, nowMs: number): Promise<number> {
    let lookAgainAtMs = Number.POSITIVE_INFINITY;
    for (const run of this.states.runs) {
      if (!this.isOpen(run, nowMs)) {
        // The wake-up for its first slice comes a little before it may be claimed from.
        if (nowMs < run.window.opensAt) lookAgainAtMs = Math.min(lookAgainAtMs, run.window.opensAt - this.aheadMs);
        continue;
      }
      if (claims.length >= limit) return nowMs;
      claims.push(...(await this.nextOf(run, lease, limit - claims.length, started, nowMs)));
      if (claims.length >= limit) return nowMs;
      const nextDueAtMs = await this.claims.nextDueAfter(run, lease.shardId, nowMs + this.aheadMs);
      lookAgainAtMs = Math.min(lookAgainAtMs, nextDueAtMs - this.aheadMs / 2);
    }
    return lookAgainAtMs;
  }

  /** Deliveries that should have been claimed by now, and how many of them nothing holds back. */
  async overdue(shardId: string, started: StartedRecipients): Promise<{ readonly due: number; readonly claimable: number }> {
    const nowMs = this.clock.nowMs();
    const shard = this.states.shard(shardId);
    const sum = { due: 0, claimable: 0 };
    for (const run of this.states.runs) {
      if (!shard || !canStart(nowMs, run.window, this.config.LATE_POLICY)) continue;
      const { due, claimable } = await this.claims.countOverdue(
        run,
        shardId,
        nowMs,
        this.filterFor(run, shard, started.room(shard, nowMs)),
      );
      sum.due += due;
      if (this.states.closedToClaims(shardId, run.runId, true) === undefined) sum.claimable += claimable;
    }
    return sum;
  }

  private isOpen({ window }: KnownRun, nowMs: number): boolean {
    return nowMs >= window.opensAt - this.aheadMs && nowMs < endOfSending(window, this.config.LATE_POLICY);
  }

  private async nextOf(run: KnownRun, lease: ShardLease, limit: number, started: StartedRecipients, nowMs: number): Promise<Claim[]> {
    const shard = this.states.shard(lease.shardId);
    if (!shard || this.states.closedToClaims(lease.shardId, run.runId, true) !== undefined) return [];
    const room = started.room(shard, nowMs);
    const claims = await this.claims.claimDue({
      runDate: run.runDate,
      runId: run.runId,
      shardId: lease.shardId,
      epoch: lease.epoch,
      owner: lease.owner,
      nowMs,
      dueUntilMs: nowMs + this.aheadMs,
      limit: room === 0 ? limit : Math.min(limit, room),
      ...this.filterFor(run, shard, room),
    });
    started.claimed(claims, nowMs);
    await this.lookUp(claims, shard.phoneNumberId, nowMs);
    return claims;
  }

  /** What sending them needs. Without its content a delivery is handed back by the last look; without its id an image goes by its link. */
  private async lookUp(claims: readonly Claim[], phoneNumberId: string, nowMs: number): Promise<void> {
    try {
      await this.contents.load(claims.map((claim) => claim.contentId));
      const hashes = claims.flatMap((claim) => this.contents.get(claim.contentId)?.headerMedia?.sha256 ?? []);
      await this.mediaIds.load(phoneNumberId, hashes, nowMs);
    } catch (error) {
      this.logger.warn(
        { err: error, phoneNumberId, claims: claims.length },
        'contents or media ids of claimed deliveries could not be read',
      );
    }
  }

  private filterFor(run: KnownRun, { shardId, wabaId }: KnownShard, room: number): ClaimFilter {
    return {
      onlyStarted: room === 0,
      onlyCritical: this.states.closedToClaims(shardId, run.runId, false) !== undefined,
      exceptTemplates: this.hopelessTemplates(wabaId),
    };
  }

  /** Templates that stand still, as far as it is known that their deliveries have no standby to go to. */
  private hopelessTemplates(wabaId: string): string[] {
    const closed = this.states.breakers.closedTemplates(wabaId);
    if (closed.length === 0) return closed;
    return closed.filter((template) => {
      const standbys = this.contents.standbysOf(template);
      return standbys !== undefined && [...standbys].every((standby) => closed.includes(standby));
    });
  }
}
