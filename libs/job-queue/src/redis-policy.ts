import type { Redis } from 'ioredis';

/** A Redis that may evict keys would forget queues under memory pressure, without an error anywhere. */
export class EvictingRedisError extends Error {
  constructor(policy: string) {
    super(`Redis runs with maxmemory-policy ${policy}; job queues need ${REQUIRED_POLICY}`);
    this.name = 'EvictingRedisError';
  }
}

/** The only one under which a queue keeps what it was given. */
export const REQUIRED_POLICY = 'noeviction';

/** Throws an EvictingRedisError unless it runs with `noeviction`. Asks INFO, which managed services allow where they forbid CONFIG. */
export async function assertNoEviction(redis: Pick<Redis, 'info'>): Promise<void> {
  const policy = /^maxmemory_policy:(\S+)/m.exec(await redis.info('memory'))?.[1] ?? 'unknown';
  if (policy !== REQUIRED_POLICY) throw new EvictingRedisError(policy);
}
