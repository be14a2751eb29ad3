import { CONFIG, type RedisConfig } from '@daybreak/config';
import { openRedis } from '@daybreak/job-queue';
import { LOGGER, type Logger } from '@daybreak/observability';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ChainableCommander, Cluster, Redis } from 'ioredis';

/** A webhook waits for the direct path; it must not wait for a Redis that is away. */
const COMMAND_TIMEOUT_MS = 250;

/** The Redis of the direct path to the senders. Nothing is kept there that is not elsewhere too, so a Redis that is away stops nobody. */
@Injectable()
export class DirectRedis implements OnApplicationShutdown {
  private readonly redis: Redis | Cluster;

  constructor(@Inject(CONFIG) config: RedisConfig, @Inject(LOGGER) logger: Logger) {
    this.redis = openRedis(config, { commandTimeout: COMMAND_TIMEOUT_MS, enableOfflineQueue: false, maxRetriesPerRequest: 0 });
    let away = false;
    this.redis.on('ready', () => {
      away = false;
    });
    this.redis.on('error', (err: Error) => {
      if (!away) logger.warn({ err }, 'the Redis of the direct path is away'); // once, not at every attempt to reconnect
      away = true;
    });
  }

  pipeline(): ChainableCommander {
    return this.redis.pipeline();
  }

  async onApplicationShutdown(): Promise<void> {
    this.redis.disconnect();
  }
}
