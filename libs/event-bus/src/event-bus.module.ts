import { CLOCK, CONFIG } from '@daybreak/config';
import { Database } from '@daybreak/database';
import type { Clock } from '@daybreak/kernel';
import { HealthRegistry } from '@daybreak/observability';
import { Sealer } from '@daybreak/privacy';
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { EventBusLifecycle } from './event-bus-lifecycle.js';
import { EventBus } from './event-bus.js';
import { EventPublisher } from './event-publisher.js';
import { InboxJanitor } from './inbox-janitor.js';
import type { EventBusConfig } from './kafka-client.js';
import { OutboxRelay } from './outbox-relay.js';
import { Outbox } from './outbox.js';

/** Who publishes, and how. */
export interface EventBusModuleOptions {
  /** Folder name of the service. */
  readonly clientId: string;
  /** The service publishes by transaction: its schema has `outbox` and `inbox`, and this process relays. */
  readonly outbox?: boolean;
}

/** Provides `EventBus`, `EventPublisher` and `Outbox` to the whole service. Needs `ConfigModule`; with `outbox`, `DatabaseModule`; for dead letters, `PrivacyModule`. */
@Module({})
export class EventBusModule {
  static for({ clientId, outbox = false }: EventBusModuleOptions): DynamicModule {
    return {
      module: EventBusModule,
      global: true,
      providers: [
        {
          provide: EventBus,
          inject: [CONFIG, CLOCK, { token: Sealer, optional: true }],
          useFactory: (config: EventBusConfig, clock: Clock, sealer?: Sealer) =>
            new EventBus({ config, clientId, clock, seal: sealer && ((bytes, context) => sealer.sealBytes(bytes, context)) }),
        },
        {
          provide: EventPublisher,
          inject: [EventBus, CLOCK],
          useFactory: (bus: EventBus, clock: Clock) => new EventPublisher(bus.producer, clock),
        },
        { provide: Outbox, inject: [CLOCK], useFactory: (clock: Clock) => new Outbox(clock) },
        ...(outbox ? RELAY : []),
        {
          provide: EventBusLifecycle,
          inject: [EventBus, { token: HealthRegistry, optional: true }, ...(outbox ? [OutboxRelay, InboxJanitor] : [])],
          useFactory: (bus: EventBus, health?: HealthRegistry, relay?: OutboxRelay, janitor?: InboxJanitor) =>
            new EventBusLifecycle(bus, health, relay, janitor),
        },
      ],
      exports: [EventBus, EventPublisher, Outbox],
    };
  }
}

const RELAY: readonly Provider[] = [
  {
    provide: OutboxRelay,
    inject: [Database, EventBus],
    useFactory: (database: Database, bus: EventBus) => new OutboxRelay(database, bus.producer),
  },
  { provide: InboxJanitor, inject: [Database], useFactory: (database: Database) => new InboxJanitor(database) },
];
