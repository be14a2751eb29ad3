import { CLOCK, CONFIG } from '@daybreak/config';
import type { Clock } from '@daybreak/kernel';
import { LOGGER, type Logger } from '@daybreak/observability';
import { localDateOf, plusLocalDays } from '@daybreak/timing';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { SchedulerConfig } from '../scheduler.config.js';
import { RunRepository } from '../store/run.repository.js';
import { UserCapRepository } from '../store/user-cap.repository.js';

const EVERY_MS = 3_600_000; // real

/** Old plans go, and caps that are over. Every replica does it; doing it twice does nothing. */
@Injectable()
export class ForgetPlans implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> = Promise.resolve();

  constructor(
    private readonly runs: RunRepository,
    private readonly caps: UserCapRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CONFIG) private readonly config: Pick<SchedulerConfig, 'KEEP_DAYS' | 'TIME_ZONE'>,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.working = this.forget().catch((error: unknown) =>
        this.logger.warn({ err: error }, 'old plans could not be dropped; the next hour tries again'),
      );
    }, EVERY_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.working;
  }

  async forget(): Promise<void> {
    const { KEEP_DAYS: keepDays, TIME_ZONE: timeZone } = this.config;
    await this.caps.forgetBefore(this.clock.nowMs());
    const deliveries = await this.runs.forgetPlansBefore(plusLocalDays(localDateOf(this.clock.nowMs(), timeZone), -keepDays));
    if (deliveries > 0) this.logger.info({ deliveries, keepDays }, 'old plans were dropped');
  }
}
