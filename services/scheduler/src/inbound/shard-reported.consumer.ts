import { topics, type ShardReported } from '@daybreak/contracts';
import type { Received, Rejection } from '@daybreak/event-bus';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TakeStates } from '../intake/take-states.js';
import { DriveRuns } from '../run/drive-runs.js';

@Controller()
export class ShardReportedConsumer {
  constructor(
    private readonly take: TakeStates,
    private readonly runs: DriveRuns,
  ) {}

  @EventPattern<string>(topics.shardReported.name)
  async handle(@Payload() received: readonly Received<ShardReported>[]): Promise<readonly Rejection[]> {
    const rejections = await this.take.reports(received);
    this.runs.nudge(); // the last shard's report makes a run STAGED
    return rejections;
  }
}
