import { Cluster, type Redis } from 'ioredis';

/** A Redis that may evict keys would forget queues under memory pressure, without an error anywhere. */
export class EvictingRedisError extends Error {
  constructor(policy: string) {
    super(`Redis runs with maxmemory-policy ${policy}; job queues need ${REQUIRED_POLICY}`);
    this.name = 'EvictingRedisError';
  }
}

/** The only one under which a queue keeps what it was given. */
export const REQUIRED_POLICY = 'noeviction';

type Informant = Pick<Redis, 'info'>;

/** Throws an EvictingRedisError unless every node runs with `noeviction`. Asks INFO, which managed services allow where they forbid CONFIG. */
export async function assertNoEviction(redis: Informant | Cluster): Promise<void> {
  const nodes: readonly Informant[] = redis instanceof Cluster ? redis.nodes('master') : [redis];
  for (const node of nodes) {
    const policy = /^maxmemory_policy:(\S+)/m.exec(await node.info('memory'))?.[1] ?? 'unknown';
    if (policy !== REQUIRED_POLICY) throw new EvictingRedisError(policy);
  }
}
