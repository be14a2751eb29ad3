import { CONFIG, redisAddressOf, type RedisConfig } from '@daybreak/config';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';

/** A webhook waits for the direct path; it must not wait for a Redis that is away. */
const COMMAND_TIMEOUT_MS = 250;

/** The Redis of the direct path to the senders. Nothing is kept there that is not elsewhere too. */
@Injectable()
export class DirectRedis extends Redis implements OnApplicationShutdown {
  constructor(@Inject(CONFIG) config: RedisConfig) {
    super({ ...redisAddressOf(config), commandTimeout: COMMAND_TIMEOUT_MS, enableOfflineQueue: false, maxRetriesPerRequest: 0 });
  }

  async onApplicationShutdown(): Promise<void> {
    this.disconnect();
  }
}
