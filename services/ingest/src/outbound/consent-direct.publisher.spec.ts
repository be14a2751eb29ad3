import { describe, expect, it } from '@jest/globals';
import { createLogger, metrics } from '@daybreak/observability';
import { ConsentDirectPublisher } from './consent-direct.publisher.js';
import { DirectRedis } from './direct-redis.js';

describe(ConsentDirectPublisher.name, () => {
  it('does not keep a webhook waiting for a Redis that is away, and counts what it missed', async () => {
    const logger = createLogger('test', { level: 'silent' });
    const redis = new DirectRedis({ REDIS_URL: 'redis://127.0.0.1:1', REDIS_PORT: 6379, REDIS_DB: 0 }, logger);
    const sut = new ConsentDirectPublisher(redis, logger, { NAMESPACE: '' });

    const went = await sut.publish([
      { recipientId: 'adv-1', version: 2, consent: { content: { state: 'opted_out', sinceMs: 1_795_300_000_000 } } },
    ]);

    expect(went).toBe(false);
    expect((await metrics.consentDirectFailures.get()).values[0]?.value).toBe(1);
    await redis.onApplicationShutdown();
  });
});
