import { CLOCK, CONFIG } from '@daybreak/config';
import { Database } from '@daybreak/database';
import type { Clock } from '@daybreak/kernel';
import { LOGGER, type Logger } from '@daybreak/observability';
import { Repeating } from '@daybreak/service-host';
import { localDateOf, plusLocalDays } from '@daybreak/timing';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { SlaTrackerConfig } from '../sla-tracker.config.js';
import { MessageRepository } from '../store/message.repository.js';
import { RetentionRepository } from '../store/retention.repository.js';
import { STATUS_LIFE_DAYS } from './status-age.js';

const EVERY_MS = 3_600_000; // real

/** Old days go, with all that was known of single deliveries; seals and the audit log stay. Every replica does it; doing it twice does nothing. */
@Injectable()
export class ForgetDays implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly repeating: Repeating;

  constructor(
    private readonly database: Database,
    private readonly messages: MessageRepository,
    private readonly retention: RetentionRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<SlaTrackerConfig, 'KEEP_DAYS' | 'EVENTS_KEEP_DAYS'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.repeating = new Repeating('forget', EVERY_MS, () => this.forget(), logger);
  }

  onApplicationBootstrap(): void {
    this.repeating.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.repeating.stop();
  }

  async forget(): Promise<void> {
    const today = localDateOf(this.clock.nowMs());
    const { KEEP_DAYS: keepDays, EVENTS_KEEP_DAYS: eventsKeepDays } = this.config;
    await this.messages.forget(this.database, STATUS_LIFE_DAYS);
    const deliveries = await this.retention.forgetDeliveries(plusLocalDays(today, -keepDays));
    const events = await this.retention.forgetEvents(plusLocalDays(today, -Math.min(eventsKeepDays, keepDays)));
    if (deliveries + events > 0) this.logger.info({ deliveries, events, keepDays, eventsKeepDays }, 'old days were dropped');
  }
}
