import { CONFIG } from '@daybreak/config';
import { resourceName } from '@daybreak/event-bus';
import { LOGGER, metrics, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import type { DirectWord } from '../consent/direct-word.js';
import type { IngestConfig } from '../ingest.config.js';
import { DirectRedis } from './direct-redis.js';

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

  /** Whether all of it went through. */
  async publish(words: readonly DirectWord[]): Promise<boolean> {
    if (words.length === 0) return true;
    try {
      const pipeline = this.redis.pipeline();
      for (const fields of words.flatMap(entriesOf))
        pipeline.xadd(this.stream, 'MAXLEN', '~', KEPT_ENTRIES, '*', ...Object.entries(fields).flat());
      const results = (await pipeline.exec()) ?? [];
      const failure = results.find(([error]) => error !== null)?.[0]; // a pipeline resolves even if nothing of it went through
      if (failure) throw failure;
      return true;
    } catch (error) {
      metrics.consentDirectFailures.inc();
      this.logger.warn({ err: error }, 'the direct path to the senders did not take a change of consent; it follows through Kafka');
      return false;
    }
  }
}

/** One entry per purpose. Of an erasure, one that stands for whatever was said before it: the stream goes on holding that for a while. */
function entriesOf({ recipientId, version, consent }: DirectWord): Record<string, string | number>[] {
  if (consent === 'erased') return [{ recipient_id: recipientId, erased: 1, version }];
  return Object.entries(consent).map(([purpose, held]) => ({
    recipient_id: recipientId,
    purpose,
    state: held.state,
    version,
    at: held.sinceMs,
    paused_until: held.pausedUntilMs ?? '',
  }));
}
