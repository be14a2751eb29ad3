import { CLOCK, CONFIG } from '@daybreak/config';
import { JobQueues } from '@daybreak/job-queue';
import type { Clock } from '@daybreak/kernel';
import { LOGGER, type Logger } from '@daybreak/observability';
import { localDateOf } from '@daybreak/timing';
import { Inject, Injectable } from '@nestjs/common';
import { ClaimDue } from '../delivery/claim-due.js';
import { DeliveryLedger } from '../delivery/delivery-ledger.js';
import { MoveDeliveries } from '../delivery/move-deliveries.js';
import { ResultWriter } from '../delivery/result-writer.js';
import { SendDelivery } from '../delivery/send-delivery.js';
import { Sweeper } from '../delivery/sweeper.js';
import { Media } from '../media/media.js';
import { ReplyLane } from '../replies/reply-lane.js';
import { SendReply } from '../replies/send-reply.js';
import type { SenderConfig } from '../sender.config.js';
import { KnownStates } from '../states/known-states.js';
import { ClaimRepository } from '../store/claim.repository.js';
import { ReplyRepository } from '../store/reply.repository.js';
import { OwnedShard } from './owned-shard.js';
import { ReportShard } from './report-shard.js';
import type { ShardLease } from './shard-lease.js';
import { ShardRunner } from './shard-runner.js';
import { StartedRecipients } from './started-recipients.js';

/** Puts a shard together, for as long as this pod holds its lease, from what all shards of the pod share. */
@Injectable()
export class OpenShard {
  @Inject() private readonly claims!: ClaimRepository;
  @Inject() private readonly claimDue!: ClaimDue;
  @Inject() private readonly send!: SendDelivery;
  @Inject() private readonly sendReply!: SendReply;
  @Inject() private readonly replies!: ReplyRepository;
  @Inject() private readonly ledger!: DeliveryLedger;
  @Inject() private readonly sweeper!: Sweeper;
  @Inject() private readonly reporter!: ReportShard;
  @Inject() private readonly media!: Media;
  @Inject() private readonly moves!: MoveDeliveries;
  @Inject() private readonly states!: KnownStates;
  @Inject() private readonly queues!: JobQueues;
  @Inject(CONFIG) private readonly config!: SenderConfig;
  @Inject(CLOCK) private readonly clock!: Clock;
  @Inject(LOGGER) private readonly logger!: Logger;

  open(lease: ShardLease): OwnedShard {
    const { claimDue, send, sendReply, ledger, states, queues, sweeper, reporter, media, moves, clock, logger, config } = this;
    const replies = new ReplyLane(lease, { replies: this.replies, sendReply, states, clock, logger });
    const writerFor = (written: ConstructorParameters<typeof ResultWriter>[4]): ResultWriter =>
      new ResultWriter(ledger, logger, config.SETTLE_LINGER_MS, states.closesAtOf, written);
    const runner = new ShardRunner(
      lease,
      { claimDue, send, replies, states, startedBefore: this.startedBefore, writerFor, clock, logger },
      { inFlight: config.SHARD_IN_FLIGHT, latePolicy: config.LATE_POLICY },
    );
    return new OwnedShard(lease, { queues, runner, replies, sweeper, reporter, media, moves, states, clock, logger });
  }

  private readonly startedBefore = async (shardId: string): Promise<StartedRecipients> =>
    new StartedRecipients(await this.claims.startsByMinute(localDateOf(this.clock.nowMs()), shardId));
}
