import { CONFIG, redisAddressOf, type RedisConfig } from '@daybreak/config';
import { LOGGER, type Logger } from '@daybreak/observability';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';

/** A webhook waits for the direct path; it must not wait for a Redis that is away. */
const COMMAND_TIMEOUT_MS = 250;

/** The Redis of the direct path to the senders. Nothing is kept there that is not elsewhere too, so a Redis that is away stops nobody. */
@Injectable()
export class DirectRedis extends Redis implements OnApplicationShutdown {
  constructor(@Inject(CONFIG) config: RedisConfig, @Inject(LOGGER) logger: Logger) {
    super({ ...redisAddressOf(config), commandTimeout: COMMAND_TIMEOUT_MS, enableOfflineQueue: false, maxRetriesPerRequest: 0 });
    let away = false;
    this.on('ready', () => {
      away = false;
    });
    this.on('error', (err) => {
      if (!away) logger.warn({ err }, 'the Redis of the direct path is away'); // once, not at every attempt to reconnect
      away = true;
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.disconnect();
  }
}
