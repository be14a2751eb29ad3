import { AccessModule } from '@daybreak/access';
import { CloudApiModule } from '@daybreak/cloud-api-host';
import { DatabaseModule } from '@daybreak/database';
import { EventBusModule } from '@daybreak/event-bus';
import { ObservabilityModule } from '@daybreak/observability';
import { PrivacyModule } from '@daybreak/privacy';
import { Module } from '@nestjs/common';
import { Background, ConsentBackground } from './background.js';
import { StatusTally } from './completeness/status-tally.js';
import { WatchCompleteness } from './completeness/watch-completeness.js';
import { AnnounceConsent } from './consent/announce-consent.js';
import { ErasePeople } from './consent/erase-people.js';
import { ExportConsent } from './consent/export-consent.js';
import { ImportConsents } from './consent/import-consents.js';
import { LearnPeople } from './consent/learn-people.js';
import { NoteSaid } from './consent/note-said.js';
import { ReadConsent } from './consent/read-consent.js';
import { RecordSlips } from './consent/record-slips.js';
import { RecordStatements } from './consent/record-statements.js';
import { TakeRecipients } from './consent/take-recipients.js';
import { TellSenders } from './consent/tell-senders.js';
import { HandOver } from './edge/hand-over.js';
import { RehearseStops } from './edge/rehearse-stops.js';
import { SplitWebhooks } from './edge/split-webhook.js';
import { TakeWebhook } from './edge/take-webhook.js';
import { WebhookCounts } from './edge/webhook-counts.js';
import { ConsentFilesController } from './inbound/consent-files.controller.js';
import { ConsentsController } from './inbound/consents.controller.js';
import { DeliveryAttemptedConsumer } from './inbound/delivery-attempted.consumer.js';
import { DeliveryPlannedConsumer } from './inbound/delivery-planned.consumer.js';
import { InboundReceivedConsumer } from './inbound/inbound-received.consumer.js';
import { RecipientUpsertedConsumer } from './inbound/recipient-upserted.consumer.js';
import { SubscriptionsController } from './inbound/subscriptions.controller.js';
import { WabaStateConsumer } from './inbound/waba-state.consumer.js';
import { WebhookController } from './inbound/webhook.controller.js';
import { ConsentDirectPublisher } from './outbound/consent-direct.publisher.js';
import { ConsentPublisher } from './outbound/consent.publisher.js';
import { DirectRedis } from './outbound/direct-redis.js';
import { Evidence } from './people/evidence.js';
import { PersonalData } from './people/personal-data.js';
import { ForgetOld } from './store/forget-old.js';
import { Prisma } from './store/prisma.js';
import { WabaRepository } from './store/waba.repository.js';
import { KeepSubscriptions } from './subscriptions/keep-subscriptions.js';
import { TakeWabas } from './subscriptions/take-wabas.js';
import { TellSubscriptions } from './subscriptions/tell-subscriptions.js';
import { AnswerTaps } from './taps/answer-taps.js';

/** Read top to bottom, it is the way of a webhook: the edge, consent, what goes out; then subscriptions and completeness. */
@Module({
  imports: [
    ObservabilityModule.for({ service: 'ingest' }),
    AccessModule,
    PrivacyModule,
    DatabaseModule.for({ service: 'ingest', readiness: false, pipelined: true }), // without it, webhooks still go to Kafka
    EventBusModule.for({ clientId: 'ingest', outbox: true }),
    CloudApiModule.for(() => ({ connections: 2 })), // subscriptions are a call now and then
  ],
  controllers: [
    ...[RecipientUpsertedConsumer, InboundReceivedConsumer, DeliveryPlannedConsumer, WabaStateConsumer, DeliveryAttemptedConsumer],
    ...[ConsentsController, ConsentFilesController, SubscriptionsController],
  ],
  providers: [
    ...[WebhookController, TakeWebhook, SplitWebhooks, WebhookCounts, HandOver, RehearseStops],
    ...[RecordSlips, NoteSaid, LearnPeople, TakeRecipients, ErasePeople, AnnounceConsent, TellSenders, PersonalData, Evidence],
    ...[ReadConsent, RecordStatements, ImportConsents, ExportConsent],
    AnswerTaps,
    ...[ConsentPublisher, ConsentDirectPublisher, DirectRedis],
    ...[TakeWabas, KeepSubscriptions, TellSubscriptions, WabaRepository, Prisma],
    ...[StatusTally, WatchCompleteness],
    ...[Background, ConsentBackground, ForgetOld],
  ],
})
export class IngestModule {}
