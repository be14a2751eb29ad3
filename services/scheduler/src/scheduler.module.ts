import { AccessModule } from '@daybreak/access';
import { Database, DatabaseModule } from '@daybreak/database';
import { EventBusModule } from '@daybreak/event-bus';
import { ObservabilityModule } from '@daybreak/observability';
import { PrivacyModule } from '@daybreak/privacy';
import { Module } from '@nestjs/common';
import { ConsentChangedConsumer } from './inbound/consent-changed.consumer.js';
import { ContentPackReadyConsumer } from './inbound/content-pack-ready.consumer.js';
import { ContentPackWithdrawnConsumer } from './inbound/content-pack-withdrawn.consumer.js';
import { DeliveryStatusObservedConsumer } from './inbound/delivery-status-observed.consumer.js';
import { ReadinessObservedConsumer } from './inbound/readiness-observed.consumer.js';
import { RecipientUpsertedConsumer } from './inbound/recipient-upserted.consumer.js';
import { RunsController } from './inbound/runs.controller.js';
import { ShardReportedConsumer } from './inbound/shard-reported.consumer.js';
import { ShardStateConsumer } from './inbound/shard-state.consumer.js';
import { TemplateStateConsumer } from './inbound/template-state.consumer.js';
import { WabaStateConsumer } from './inbound/waba-state.consumer.js';
import { AwaitInputs } from './intake/await-inputs.js';
import { TakeContentPacks } from './intake/take-content-packs.js';
import { TakeRecipients } from './intake/take-recipients.js';
import { TakeStates } from './intake/take-states.js';
import { TakeUserCaps } from './intake/take-user-caps.js';
import { PackRejectionPublisher } from './outbound/pack-rejection.publisher.js';
import { RunPublisher } from './outbound/run.publisher.js';
import { DrawUpPlan } from './plan/draw-up-plan.js';
import { FreezePlan } from './plan/freeze-plan.js';
import { AdvanceRun } from './run/advance-run.js';
import { AnnounceRuns } from './run/announce-runs.js';
import { DriveRuns } from './run/drive-runs.js';
import { ForgetPlans } from './run/forget-plans.js';
import { LookUpRuns } from './run/look-up-runs.js';
import { ReadinessGate } from './run/readiness-gate.js';
import { ContentPackRepository } from './store/content-pack.repository.js';
import { PlanInputsRepository } from './store/plan-inputs.repository.js';
import { PlanRepository } from './store/plan.repository.js';
import { Prisma } from './store/prisma.js';
import { ProjectionRepository } from './store/projection.repository.js';
import { RecipientRepository } from './store/recipient.repository.js';
import { RunRepository } from './store/run.repository.js';
import { UserCapRepository } from './store/user-cap.repository.js';

/** Read top to bottom, it is the way of the data. */
@Module({
  imports: [
    ObservabilityModule.for({ service: 'scheduler' }),
    AccessModule,
    DatabaseModule.for({ service: 'scheduler' }),
    EventBusModule.for({ clientId: 'scheduler', outbox: true }),
    PrivacyModule,
  ],
  controllers: [
    // what a plan is made of
    RecipientUpsertedConsumer,
    ConsentChangedConsumer,
    ContentPackReadyConsumer,
    ContentPackWithdrawnConsumer,
    TemplateStateConsumer,
    ShardStateConsumer,
    WabaStateConsumer,
    DeliveryStatusObservedConsumer,
    // what is said of it
    ShardReportedConsumer,
    ReadinessObservedConsumer,
    // questions of people
    RunsController,
  ],
  providers: [
    // intake: keeps what is right, sends back what is wrong
    TakeRecipients,
    TakeContentPacks,
    TakeStates,
    TakeUserCaps,
    AwaitInputs,
    // run and plan: whoever holds the run's row acts
    AnnounceRuns,
    DriveRuns,
    AdvanceRun,
    FreezePlan,
    DrawUpPlan,
    ReadinessGate,
    LookUpRuns,
    ForgetPlans,
    // outbound
    RunPublisher,
    PackRejectionPublisher,
    // store
    { provide: Prisma, inject: [Database], useFactory: (database: Database) => new Prisma(database) },
    RecipientRepository,
    ContentPackRepository,
    ProjectionRepository,
    PlanInputsRepository,
    PlanRepository,
    RunRepository,
    UserCapRepository,
  ],
})
export class SchedulerModule {}
