import { CloudApiClient } from '@daybreak/cloud-api';
import { CloudApiModule, KeepTokens } from '@daybreak/cloud-api-host';
import { CLOCK, CONFIG } from '@daybreak/config';
import { Database, DatabaseModule } from '@daybreak/database';
import { EventBusModule, EventPublisher, Outbox } from '@daybreak/event-bus';
import type { Clock } from '@daybreak/kernel';
import { LOGGER, ObservabilityModule, type Logger } from '@daybreak/observability';
import { AddressKeyer, PrivacyModule } from '@daybreak/privacy';
import { Module } from '@nestjs/common';
import { Background } from './background.js';
import { AccountObservedConsumer } from './inbound/account-observed.consumer.js';
import { DeliveryAttemptedConsumer } from './inbound/delivery-attempted.consumer.js';
import { PhoneNumberObservedConsumer } from './inbound/phone-number-observed.consumer.js';
import { PublishStates } from './numbers/publish-states.js';
import { TakeAttempts } from './numbers/take-attempts.js';
import { TakeObservations } from './numbers/take-observations.js';
import { WatchPlatform, type WatchParts } from './numbers/watch-platform.js';
import type { QualityMonitorConfig } from './quality-monitor.config.js';
import { NumberRepository } from './store/number.repository.js';
import { Prisma } from './store/prisma.js';
import { WabaRepository } from './store/waba.repository.js';
import { WatchTokens } from './tokens/watch-tokens.js';

/** Read top to bottom, it is the way of the data: webhooks and readings in, facts folded, states out. */
@Module({
  imports: [
    ObservabilityModule.for({ service: 'quality-monitor' }),
    PrivacyModule,
    DatabaseModule.for({ service: 'quality-monitor' }),
    EventBusModule.for({ clientId: 'quality-monitor', outbox: true }),
    CloudApiModule.for(() => ({ connections: 2 })),
  ],
  controllers: [PhoneNumberObservedConsumer, AccountObservedConsumer, DeliveryAttemptedConsumer],
  providers: [
    {
      provide: TakeObservations,
      inject: [NumberRepository, WabaRepository, PublishStates],
      useFactory: (numbers: NumberRepository, wabas: WabaRepository, states: PublishStates) => new TakeObservations(numbers, wabas, states),
    },
    {
      provide: TakeAttempts,
      inject: [Database, NumberRepository, PublishStates],
      useFactory: (database: Database, numbers: NumberRepository, states: PublishStates) => new TakeAttempts(database, numbers, states),
    },
    {
      provide: WatchPlatform,
      inject: [
        CloudApiClient,
        NumberRepository,
        WabaRepository,
        WatchTokens,
        EventPublisher,
        PublishStates,
        AddressKeyer,
        CLOCK,
        LOGGER,
        CONFIG,
      ],
      useFactory: (
        cloudApi: CloudApiClient,
        numbers: NumberRepository,
        wabas: WabaRepository,
        tokens: WatchTokens,
        publisher: EventPublisher,
        ...[states, addressKeys, clock, logger, config]: [PublishStates, AddressKeyer, Clock, Logger, QualityMonitorConfig]
      ) => {
        const parts: WatchParts = { cloudApi, numbers, wabas, tokens, publisher, states, addressKeys, clock, logger };
        return new WatchPlatform(parts, {
          everyMs: config.NUMBER_CHECK_MS,
          cooldownHours: config.COOLDOWN_HOURS,
        });
      },
    },
    {
      provide: WatchTokens,
      inject: [KeepTokens, EventPublisher, CLOCK, LOGGER],
      useFactory: (tokens: KeepTokens, publisher: EventPublisher, clock: Clock, logger: Logger) =>
        new WatchTokens(tokens, publisher, clock, logger),
    },
    {
      provide: PublishStates,
      inject: [Database, NumberRepository, WabaRepository, Outbox, CLOCK, LOGGER],
      useFactory: (
        database: Database,
        numbers: NumberRepository,
        wabas: WabaRepository,
        outbox: Outbox,
        clock: Clock,
        logger: Logger,
      ) => new PublishStates(database, numbers, wabas, outbox, clock, logger), // prettier-ignore
    },
    { provide: NumberRepository, inject: [Prisma], useFactory: (prisma: Prisma) => new NumberRepository(prisma) },
    { provide: WabaRepository, inject: [Prisma], useFactory: (prisma: Prisma) => new WabaRepository(prisma) },
    { provide: Prisma, inject: [Database], useFactory: (database: Database) => new Prisma(database) },
    {
      provide: Background,
      inject: [NumberRepository, PublishStates, WatchPlatform, LOGGER, CONFIG],
      useFactory: (numbers: NumberRepository, states: PublishStates, watch: WatchPlatform, logger: Logger, config: QualityMonitorConfig) =>
        new Background(numbers, states, watch, logger, config.NUMBERS_FILE),
    },
  ],
})
export class QualityMonitorModule {}
