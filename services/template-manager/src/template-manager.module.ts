import { CloudApiClient } from '@daybreak/cloud-api';
import { CloudApiModule } from '@daybreak/cloud-api-host';
import { CLOCK, CONFIG } from '@daybreak/config';
import { Database, DatabaseModule } from '@daybreak/database';
import { EventBusModule, Outbox } from '@daybreak/event-bus';
import type { Clock } from '@daybreak/kernel';
import { LOGGER, ObservabilityModule, type Logger } from '@daybreak/observability';
import { PrivacyModule } from '@daybreak/privacy';
import { Module } from '@nestjs/common';
import { Background } from './background.js';
import { loadFamilies, SHIPPED_FAMILIES } from './families/load-families.js';
import type { Families } from './families/prepared-template.js';
import { SubmitMissing } from './families/submit-missing.js';
import { TemplateObservedConsumer } from './inbound/template-observed.consumer.js';
import { WabaStateConsumer } from './inbound/waba-state.consumer.js';
import { Prisma } from './store/prisma.js';
import { TemplateStateRepository } from './store/template-state.repository.js';
import { TemplateRepository } from './store/template.repository.js';
import { WabaRepository } from './store/waba.repository.js';
import type { TemplateManagerConfig } from './template-manager.config.js';
import { PublishStates } from './templates/publish-states.js';
import { WatchTemplates } from './templates/watch-templates.js';

/** Injects what the families file says. */
const FAMILIES = Symbol('FAMILIES');

/** Three missed listings. */
const VERDICT_LIVES_LISTINGS = 3;

/** Read top to bottom, it is the way of the data: webhooks and listings in, versions folded, states out. */
@Module({
  imports: [
    ObservabilityModule.for({ service: 'template-manager' }),
    PrivacyModule,
    DatabaseModule.for({ service: 'template-manager' }),
    EventBusModule.for({ clientId: 'template-manager', outbox: true }),
    CloudApiModule.for(() => ({ connections: 2 })),
  ],
  controllers: [WabaStateConsumer, TemplateObservedConsumer],
  providers: [
    {
      provide: WatchTemplates,
      inject: [CloudApiClient, TemplateRepository, WabaRepository, PublishStates, FAMILIES, CLOCK, LOGGER, CONFIG],
      useFactory: (
        cloudApi: CloudApiClient,
        templates: TemplateRepository,
        wabas: WabaRepository,
        states: PublishStates,
        ...[families, clock, logger, config]: [Families, Clock, Logger, TemplateManagerConfig]
      ) =>
        new WatchTemplates(
          { cloudApi, templates, wabas, states, families, clock, logger },
          {
            everyMs: config.TEMPLATE_CHECK_MS,
            submit: config.SUBMIT_MISSING ? new SubmitMissing(cloudApi, families.prepared, logger) : undefined,
          },
        ),
    },
    {
      provide: FAMILIES,
      inject: [CONFIG],
      useFactory: (config: TemplateManagerConfig) => loadFamilies(config.TEMPLATE_FAMILIES_FILE ?? SHIPPED_FAMILIES),
    },
    {
      provide: PublishStates,
      inject: [Database, TemplateRepository, TemplateStateRepository, WabaRepository, Outbox, FAMILIES, CLOCK, LOGGER, CONFIG],
      useFactory: (
        database: Database,
        templates: TemplateRepository,
        states: TemplateStateRepository,
        wabas: WabaRepository,
        outbox: Outbox,
        ...[families, clock, logger, config]: [Families, Clock, Logger, TemplateManagerConfig]
      ) =>
        new PublishStates(
          { database, templates, states, wabas, outbox, families, clock, logger },
          VERDICT_LIVES_LISTINGS * config.TEMPLATE_CHECK_MS,
        ),
    },
    TemplateStateRepository,
    { provide: TemplateRepository, inject: [Prisma], useFactory: (prisma: Prisma) => new TemplateRepository(prisma) },
    { provide: WabaRepository, inject: [Prisma], useFactory: (prisma: Prisma) => new WabaRepository(prisma) },
    { provide: Prisma, inject: [Database], useFactory: (database: Database) => new Prisma(database) },
    {
      provide: Background,
      inject: [WatchTemplates, LOGGER],
      useFactory: (watch: WatchTemplates, logger: Logger) => new Background(watch, logger),
    },
  ],
})
export class TemplateManagerModule {}
