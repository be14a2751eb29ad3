import { create } from '@bufbuild/protobuf';
import { ShardReportedSchema, topics } from '@daybreak/contracts';
import { EventPublisher } from '@daybreak/event-bus';
import { Injectable } from '@nestjs/common';
import { wireInstant } from './wire-instant.js';

/** What the owner of a shard says of it. */
export interface ShardReport {
  readonly shardId: string;
  readonly phoneNumberId: string;
  readonly owner: string;
  readonly epoch: number;
  /** Empty between runs. */
  readonly runId: string;
  readonly staged: number;
  readonly waiting: number;
  readonly inFlight: number;
  readonly ambiguous: number;
  readonly settled: number;
  readonly mediaReady: number;
  readonly mediaNeeded: number;
  readonly maximumRate: number;
  readonly allowedRate: number;
  readonly actualRate: number;
  readonly paused: boolean;
  readonly draining: boolean;
  readonly breakers: readonly string[];
  readonly statisticsFresh: boolean;
  readonly reportedAtMs: number;
}

/** Straight to Kafka, not by the outbox: a report that is late is worth nothing, the next one replaces it. */
@Injectable()
export class ShardReportedPublisher {
  constructor(private readonly publisher: EventPublisher) {}

  async publish({ reportedAtMs, ...report }: ShardReport): Promise<void> {
    const event = create(ShardReportedSchema, {
      ...report,
      epoch: BigInt(report.epoch),
      staged: BigInt(report.staged),
      waiting: BigInt(report.waiting),
      inFlight: BigInt(report.inFlight),
      ambiguous: BigInt(report.ambiguous),
      settled: BigInt(report.settled),
      breakers: [...report.breakers],
      reportedAt: wireInstant(reportedAtMs),
    });
    await this.publisher.publish(topics.shardReported, [event]);
  }
}
