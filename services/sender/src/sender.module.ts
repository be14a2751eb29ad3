import { hostname } from 'node:os';
import { AccessModule } from '@daybreak/access';
import { CloudApiModule } from '@daybreak/cloud-api-host';
import { CONFIG } from '@daybreak/config';
import { Database, DatabaseModule } from '@daybreak/database';
import { EventBusModule } from '@daybreak/event-bus';
import { JobQueueModule, openRedis } from '@daybreak/job-queue';
import { newEventId } from '@daybreak/kernel';
import { ObservabilityModule } from '@daybreak/observability';
import { PrivacyModule } from '@daybreak/privacy';
import { Module } from '@nestjs/common';
import { ClaimDue } from './delivery/claim-due.js';
import { ContentCache } from './delivery/content-cache.js';
import { DeliveryLedger } from './delivery/delivery-ledger.js';
import { LateFailures } from './delivery/late-failures.js';
import { MoveDeliveries } from './delivery/move-deliveries.js';
import { ObserveStatuses } from './delivery/observe-statuses.js';
import { SendDelivery } from './delivery/send-delivery.js';
import { Slices } from './delivery/slices.js';
import { StageDeliveries } from './delivery/stage-deliveries.js';
import { Sweeper } from './delivery/sweeper.js';
import { WebhookEvidence } from './delivery/webhook-evidence.js';
import { ConsentChangedConsumer } from './inbound/consent-changed.consumer.js';
import { ContentPackConsumer } from './inbound/content-pack.consumer.js';
import { DeliveryPlannedConsumer } from './inbound/delivery-planned.consumer.js';
import { DeliveryStatusObservedConsumer } from './inbound/delivery-status-observed.consumer.js';
import { CONSENT_REDIS, FollowConsentDirect } from './inbound/follow-consent-direct.js';
import { InboundReceivedConsumer } from './inbound/inbound-received.consumer.js';
import { MessagesController } from './inbound/messages.controller.js';
import { ReplyRequestedConsumer } from './inbound/reply-requested.consumer.js';
import { RunChangedConsumer } from './inbound/run-changed.consumer.js';
import { ShardStateConsumer } from './inbound/shard-state.consumer.js';
import { ShardsController } from './inbound/shards.controller.js';
import { TemplateStateConsumer } from './inbound/template-state.consumer.js';
import { MediaIds } from './media/media-ids.js';
import { Media } from './media/media.js';
import { TakePacks } from './media/take-packs.js';
import { WabaStateConsumer } from './inbound/waba-state.consumer.js';
import { SteerShards } from './operations/steer-shards.js';
import { SurveyQueues, SurveyShards } from './operations/survey.js';
import { AlertPublisher } from './outbound/alert.publisher.js';
import { AuditPublisher } from './outbound/audit.publisher.js';
import { DeliveryEventsPublisher } from './outbound/delivery-events.publisher.js';
import { ShardReportedPublisher } from './outbound/shard-reported.publisher.js';
import { MessageRecipients } from './replies/message-recipients.js';
import { MessageRoutes } from './replies/message-routes.js';
import { QueueMessage } from './replies/queue-message.js';
import { SendReply } from './replies/send-reply.js';
import { TakeReplies } from './replies/take-replies.js';
import { SenderLifecycle } from './sender-lifecycle.js';
import type { SenderConfig } from './sender.config.js';
import { Housekeeping } from './shard/housekeeping.js';
import { OpenShard } from './shard/open-shard.js';
import { POD, type Pod } from './shard/pod.js';
import { ReportShard } from './shard/report-shard.js';
import { ShardOwner } from './shard/shard-owner.js';
import { ReadStatus } from './shard/shard-status.js';
import { WarmConnections } from './shard/warm-connections.js';
import { WatchAccounts } from './shard/watch-accounts.js';
import { AnnounceTrouble } from './states/announce-trouble.js';
import { KnownStates } from './states/known-states.js';
import { RecentConsent } from './states/recent-consent.js';
import { TakeConsent } from './states/take-consent.js';
import { TakeInbound } from './states/take-inbound.js';
import { TakeStates } from './states/take-states.js';
import { BreakerRepository } from './store/breaker.repository.js';
import { ClaimRepository } from './store/claim.repository.js';
import { ConsentRepository } from './store/consent.repository.js';
import { ControlRepository } from './store/control.repository.js';
import { DeliveryRepository } from './store/delivery.repository.js';
import { FiguresRepository } from './store/figures.repository.js';
import { InboundRepository } from './store/inbound.repository.js';
import { LeaseRepository } from './store/lease.repository.js';
import { LookRepository } from './store/look.repository.js';
import { MediaRepository } from './store/media.repository.js';
import { MessageRepository } from './store/message.repository.js';
import { MoveRepository } from './store/move.repository.js';
import { PackRepository } from './store/pack.repository.js';
import { Prisma } from './store/prisma.js';
import { ReplyRepository } from './store/reply.repository.js';
import { RetentionRepository } from './store/retention.repository.js';
import { StagingRepository } from './store/staging.repository.js';
import { StatesRepository } from './store/states.repository.js';

const pod = {
  provide: POD,
  inject: [CONFIG],
  useFactory: (config: SenderConfig): Pod => ({
    owner: `${hostname()}.${process.pid}.${newEventId().slice(-6)}`,
    ordinal: config.SHARD_ORDINAL,
  }),
};

/** Read top to bottom, it is the way of the data. */
@Module({
  imports: [
    ObservabilityModule.for({ service: 'sender' }),
    AccessModule,
    PrivacyModule,
    DatabaseModule.for({ service: 'sender' }),
    EventBusModule.for({ clientId: 'sender', outbox: true }),
    JobQueueModule.for(),
    // Meta, as all shards of the pod share it: one pool of connections.
    CloudApiModule.for((config: SenderConfig) => ({ connections: config.SHARD_IN_FLIGHT, sendTimeoutMs: config.CLOUD_API_TIMEOUT_MS })),
  ],
  controllers: [
    // what is to be sent
    DeliveryPlannedConsumer,
    ReplyRequestedConsumer,
    ContentPackConsumer,
    // what decides whether it may be
    RunChangedConsumer,
    ShardStateConsumer,
    WabaStateConsumer,
    TemplateStateConsumer,
    ConsentChangedConsumer,
    InboundReceivedConsumer,
    // what became of it
    DeliveryStatusObservedConsumer,
    // what operators say and ask
    ShardsController,
    MessagesController,
  ],
  providers: [
    { provide: CONSENT_REDIS, inject: [CONFIG], useFactory: (config: SenderConfig) => openRedis(config, { maxRetriesPerRequest: null }) },
    ...[
      FollowConsentDirect,
      StageDeliveries,
      Slices,
      TakeReplies,
      TakeStates,
      TakeInbound,
      TakePacks,
      TakeConsent,
      ObserveStatuses,
      LateFailures,
    ],
    ...[SurveyShards, SurveyQueues, SteerShards, QueueMessage, MessageRecipients, MessageRoutes],
    // the shards that this pod owns
    ...[ShardOwner, OpenShard, WarmConnections, pod],
    ...[KnownStates, AnnounceTrouble, RecentConsent, ContentCache, MediaIds],
    ...[ClaimDue, SendDelivery, SendReply, DeliveryLedger, Sweeper, WebhookEvidence, MoveDeliveries, Media, ReportShard, ReadStatus],
    // outbound
    ...[DeliveryEventsPublisher, ShardReportedPublisher, AlertPublisher, AuditPublisher],
    // store
    ...[StagingRepository, ClaimRepository, DeliveryRepository, LeaseRepository, MoveRepository],
    ...[StatesRepository, LookRepository],
    ...[ConsentRepository, MediaRepository, PackRepository, ReplyRepository, RetentionRepository, FiguresRepository],
    ...[ControlRepository, MessageRepository, BreakerRepository, InboundRepository],
    { provide: Prisma, inject: [Database], useFactory: (database: Database) => new Prisma(database) },
    ...[Housekeeping, WatchAccounts, SenderLifecycle],
  ],
})
export class SenderModule {}
