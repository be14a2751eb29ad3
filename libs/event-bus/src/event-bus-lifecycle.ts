import type { HealthRegistry } from '@daybreak/observability';
import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { EventBus } from './event-bus.js';
import type { InboxJanitor } from './inbox-janitor.js';
import type { OutboxRelay } from './outbox-relay.js';

/**
 * The order in which the bus starts and stops. Consumers stop and the outbox is emptied before Nest closes HTTP and while every store is
 * still there; the producer goes last, for requests that HTTP is still finishing may publish.
 */
export class EventBusLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    private readonly bus: EventBus,
    private readonly health: HealthRegistry | undefined,
    private readonly relay: OutboxRelay | undefined,
    private readonly janitor: InboxJanitor | undefined,
  ) {}

  onApplicationBootstrap(): void {
    this.health?.register('kafka-consumers', 'liveness', () => Promise.resolve().then(() => this.bus.assertAlive()));
    void this.bus.producer.warmUp();
    this.relay?.start();
    this.janitor?.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.janitor?.stop();
    await this.bus.stopConsuming();
    await this.relay?.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.bus.close();
  }
}
