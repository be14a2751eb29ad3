import { CONFIG } from '@daybreak/config';
import type { Purpose, PurposeConsent } from '@daybreak/consent';
import { resourceName } from '@daybreak/event-bus';
import { LOGGER, metrics, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import type { IngestConfig } from '../ingest.config.js';
import { DirectRedis } from './direct-redis.js';

/** What a sender needs to hold back a message: one purpose of one recipient. */
export interface DirectConsent {
  readonly recipientId: string;
  readonly version: number;
  readonly consent: Readonly<Partial<Record<Purpose, PurposeConsent>>>;
}

/** Enough for a senders' restart to catch up on; Kafka has the rest. */
const KEPT_ENTRIES = 100_000;

/**
 * The one declared short cut: a change of consent reaches the senders through a Redis stream as well, so that a STOP holds while Kafka
 * is away. It may fail: the outbox carries the same change.
 */
@Injectable()
export class ConsentDirectPublisher {
  private readonly stream: string;

  constructor(
    private readonly redis: DirectRedis,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CONFIG) config: Pick<IngestConfig, 'NAMESPACE'>,
  ) {
    this.stream = resourceName(config.NAMESPACE, 'consent-direct');
  }

  async publish(changes: readonly DirectConsent[]): Promise<void> {
    if (changes.length === 0) return;
    const pipeline = this.redis.pipeline();
    for (const { recipientId, version, consent } of changes) {
      for (const [purpose, held] of Object.entries(consent)) {
        const fields = {
          recipient_id: recipientId,
          purpose,
          state: held.state,
          version,
          at: held.sinceMs,
          paused_until: held.pausedUntilMs ?? '',
        };
        pipeline.xadd(this.stream, 'MAXLEN', '~', KEPT_ENTRIES, '*', ...Object.entries(fields).flat());
      }
    }
    try {
      const results = (await pipeline.exec()) ?? [];
      const failure = results.find(([error]) => error !== null)?.[0]; // a pipeline resolves even if nothing of it went through
      if (failure) throw failure;
    } catch (error) {
      metrics.consentDirectFailures.inc();
      this.logger.warn({ err: error }, 'the direct path to the senders did not take a change of consent; it follows through Kafka');
    }
  }
}
