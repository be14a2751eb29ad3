import { AccessModule } from '@daybreak/access';
import { DatabaseModule } from '@daybreak/database';
import { EventBusModule } from '@daybreak/event-bus';
import { ObservabilityModule } from '@daybreak/observability';
import { Module } from '@nestjs/common';
import { AuditLog } from './audit/audit-log.js';
import { FindOverdue } from './delivery/find-overdue.js';
import { FoldDeliveries } from './delivery/fold-deliveries.js';
import { ForgetDays } from './delivery/forget-days.js';
import { ReadTimeline } from './delivery/read-timeline.js';
import { TrackStatuses } from './delivery/track-statuses.js';
import { AuditConsumer } from './inbound/audit.consumer.js';
import { AuditController } from './inbound/audit.controller.js';
import { DeliveryConsumer } from './inbound/delivery.consumer.js';
import { PageController } from './inbound/page.controller.js';
import { RunConsumer } from './inbound/run.consumer.js';
import { RunsController } from './inbound/runs.controller.js';
import { StatusChangedPublisher } from './outbound/status-changed.publisher.js';
import { FollowRuns } from './run/follow-runs.js';
import { LiveRuns } from './run/live-runs.js';
import { RunGauges } from './run/run-gauges.js';
import { SealRuns } from './run/seal-runs.js';
import { SealStores } from './run/seal-stores.js';
import { AuditRepository } from './store/audit.repository.js';
import { DeliveryRepository } from './store/delivery.repository.js';
import { MessageRepository } from './store/message.repository.js';
import { OptOutRepository } from './store/opt-out.repository.js';
import { Prisma } from './store/prisma.js';
import { RetentionRepository } from './store/retention.repository.js';
import { RunRepository } from './store/run.repository.js';
import { SealRepository } from './store/seal.repository.js';
import { ShardRepository } from './store/shard.repository.js';
import { TallyRepository } from './store/tally.repository.js';
import { TimelineRepository } from './store/timeline.repository.js';
import { WithdrawnPackRepository } from './store/withdrawn-pack.repository.js';

const STORE = [
  Prisma,
  AuditRepository,
  DeliveryRepository,
  MessageRepository,
  OptOutRepository,
  RetentionRepository,
  RunRepository,
  SealRepository,
  ShardRepository,
  TallyRepository,
  TimelineRepository,
  WithdrawnPackRepository,
];

/** Read top to bottom, it is the way of the data. */
@Module({
  imports: [
    ObservabilityModule.for({ service: 'sla-tracker' }),
    AccessModule,
    DatabaseModule.for({ service: 'sla-tracker' }),
    EventBusModule.for({ clientId: 'sla-tracker', outbox: true }),
  ],
  controllers: [DeliveryConsumer, RunConsumer, AuditConsumer, RunsController, AuditController, PageController],
  providers: [
    ...STORE,
    ...[FoldDeliveries, TrackStatuses, FindOverdue, ReadTimeline, ForgetDays], // what happened to each delivery
    ...[FollowRuns, LiveRuns, SealStores, SealRuns, RunGauges], // what that comes to
    AuditLog,
    StatusChangedPublisher,
  ],
})
export class SlaTrackerModule {}
