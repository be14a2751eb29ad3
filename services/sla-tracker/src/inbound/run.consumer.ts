import { timestampMs } from '@bufbuild/protobuf/wkt';
import {
  topics,
  type ConsentChanged,
  type ContentPackWithdrawn,
  type RunChanged,
  type ShardReported,
  type ShardState,
} from '@daybreak/contracts';
import type { Received, Rejection } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { FollowRuns } from '../run/follow-runs.js';
import { runOf, shardReportOf, shardStandingOf } from '../run/run.mapper.js';
import { mapEach } from './events-of.js';
import { optOutsOf } from './opt-out.mapper.js';

/** States that runs are judged by. All compacted: replaying them is harmless. */
@Controller()
export class RunConsumer {
  constructor(private readonly follow: FollowRuns) {}

  @EventPattern<string>(topics.runChanged.name)
  async runChanged(@Payload() received: readonly Received<RunChanged>[]): Promise<readonly Rejection[]> {
    const { mapped, rejections } = mapEach(received, ({ event }) => runOf(event));
    await this.follow.runsChanged(mapped);
    return rejections;
  }

  @EventPattern<string>(topics.shardReported.name)
  async shardReported(@Payload() received: readonly Received<ShardReported>[]): Promise<readonly Rejection[]> {
    const { mapped, rejections } = mapEach(received, ({ event }) => shardReportOf(event));
    await this.follow.shardsReported(mapped);
    return rejections;
  }

  @EventPattern<string>(topics.shardState.name)
  async shardState(@Payload() received: readonly Received<ShardState>[]): Promise<readonly Rejection[]> {
    const { mapped, rejections } = mapEach(received, ({ event }) => shardStandingOf(event));
    await this.follow.shardsJudged(mapped);
    return rejections;
  }

  @EventPattern<string>(topics.contentPackWithdrawn.name)
  async packWithdrawn(@Payload() received: readonly Received<ContentPackWithdrawn>[]): Promise<void> {
    await this.follow.recalled(
      received.flatMap(({ event, timestampMs: arrivedMs }) =>
        // A recall is never refused for want of a date.
        event ? { contentPackId: event.contentPackId, withdrawnAt: event.withdrawnAt ? timestampMs(event.withdrawnAt) : arrivedMs } : [],
      ),
    );
  }

  @EventPattern<string>(topics.consentChanged.name)
  async consentChanged(@Payload() received: readonly Received<ConsentChanged>[]): Promise<readonly Rejection[]> {
    const { mapped, rejections } = mapEach(received, ({ event }) => optOutsOf(event));
    await this.follow.optedOut(mapped.flat());
    await this.follow.erased(received.filter(({ event }) => event === undefined).map(({ key }) => key));
    return rejections;
  }
}
