import { redisAddressOf, type RedisConfig } from '@daybreak/config';
import { Cluster, Redis } from 'ioredis';

/** How a connection behaves while Redis is away. */
export interface RedisManners {
  /** Null: a command waits for as long as it takes. */
  readonly maxRetriesPerRequest: number | null;
  readonly commandTimeout?: number;
  readonly enableOfflineQueue?: boolean;
}

/**
 * How long a connection that was told to end may still hold the process, real ms. ioredis waits for a socket to close even when Redis was away and
 * the socket has long been closed: two seconds, by default, in which nothing happens.
 */
const LAST_WAIT_MS = 200;

/** A connection to the Redis that is configured: one server, or a cluster, with or without TLS. */
export function openRedis(config: RedisConfig, manners: RedisManners): Redis | Cluster {
  const { host, port, db, ...access } = redisAddressOf(config);
  if (config.REDIS_CLUSTER !== true) return new Redis({ host, port, db, disconnectTimeout: LAST_WAIT_MS, ...access, ...manners });
  const { enableOfflineQueue = true, ...ofNodes } = manners;
  return new Cluster([{ host, port }], {
    enableOfflineQueue,
    redisOptions: { disconnectTimeout: LAST_WAIT_MS, ...access, ...ofNodes },
    // A certificate names hosts, not addresses: with TLS a node is called by the name that the cluster gives it.
    ...(access.tls === undefined ? {} : { dnsLookup: (name, callback) => callback(null, name) }),
  });
}
