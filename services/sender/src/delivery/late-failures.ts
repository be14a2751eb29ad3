import { errorMeaning, type ErrorMeaning } from '@daybreak/cloud-api';
import { Database } from '@daybreak/database';
import { LOGGER, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import { KnownStates } from '../states/known-states.js';
import { DeliveryRepository } from '../store/delivery.repository.js';
import { MediaRepository } from '../store/media.repository.js';

export interface LateFailure {
  readonly deliveryId: string;
  readonly attempt: number;
  /** 0 when it did not fail. */
  readonly errorCode: number;
}

/** Messages that Meta accepted and gave up afterwards. They are not sent again, but what failed them may keep others from failing the same way. */
@Injectable()
export class LateFailures {
  constructor(
    private readonly database: Database,
    private readonly deliveries: DeliveryRepository,
    private readonly media: MediaRepository,
    private readonly states: KnownStates,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async blame(runDate: string, failures: readonly LateFailure[]): Promise<void> {
    const meanings = new Map<string, ErrorMeaning>();
    for (const { deliveryId, errorCode } of failures) {
      const meaning = errorCode === 0 ? undefined : errorMeaning(errorCode, null, 'async');
      if (meaning && (meaning.tripsAfter !== null || meaning.alert !== false)) meanings.set(deliveryId, meaning);
    }
    if (meanings.size === 0) return; // nearly always: what fails late fails for its recipient
    const blamed = failures.filter(({ deliveryId }) => meanings.has(deliveryId));
    for (const post of await this.deliveries.postsBehind(this.database, runDate, blamed)) {
      const meaning = meanings.get(post.deliveryId);
      if (!meaning) continue;
      const wabaId = this.states.shard(post.shardId)?.wabaId ?? '';
      const opened = this.states.learnLate({ ...post, wabaId, asset: post.asset ?? undefined }, meaning);
      if (meaning.class === 'media-fix' && post.asset !== null) await this.media.forget(post.phoneNumberId, post.asset);
      if (opened) {
        this.logger.warn(
          { ...opened, code: meaning.code },
          'breaker opened by messages that failed after they were accepted; its deliveries wait',
        );
      }
    }
  }
}
