import { CLOCK, CONFIG } from '@daybreak/config';
import type { Clock } from '@daybreak/kernel';
import { LOGGER, type Logger } from '@daybreak/observability';
import { Repeating } from '@daybreak/service-host';
import { localDateOf, plusLocalDays } from '@daybreak/timing';
import { Inject, Injectable } from '@nestjs/common';
import type { SenderConfig } from '../sender.config.js';
import { ReplyRepository } from '../store/reply.repository.js';
import { RetentionRepository } from '../store/retention.repository.js';
import { StagingRepository } from '../store/staging.repository.js';

const EVERY_MS = 3_600_000;
const AHEAD_DAYS = 2;
const REPLY_KEPT_MS = 7 * 86_400_000;

/** Tomorrow's partitions made today, old mornings dropped. Every pod does it; doing it twice does nothing. */
@Injectable()
export class Housekeeping {
  private readonly repeating: Repeating;

  constructor(
    private readonly staging: StagingRepository,
    private readonly retention: RetentionRepository,
    private readonly replies: ReplyRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CONFIG) private readonly config: Pick<SenderConfig, 'KEEP_DAYS'>,
  ) {
    this.repeating = new Repeating('housekeeping', EVERY_MS, () => this.keep(), logger);
  }

  start(): void {
    this.repeating.start();
  }

  stop(): Promise<void> {
    return this.repeating.stop();
  }

  private async keep(): Promise<void> {
    const nowMs = this.clock.nowMs();
    const today = localDateOf(nowMs);
    await this.staging.ensurePartitions(Array.from({ length: AHEAD_DAYS + 1 }, (_, days) => plusLocalDays(today, days)));
    const dropped = await this.retention.forgetBefore(plusLocalDays(today, -this.config.KEEP_DAYS));
    await this.replies.forgetBefore(nowMs - REPLY_KEPT_MS);
    if (dropped > 0) this.logger.info({ mornings: dropped, keepDays: this.config.KEEP_DAYS }, 'old mornings were dropped');
  }
}
