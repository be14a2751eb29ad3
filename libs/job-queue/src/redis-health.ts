import type { Redis } from 'ioredis';

/** How the Redis of the queues is doing, in its own words. */
export interface RedisHealth {
  readonly version: string;
  readonly role: string;
  readonly replicas: number;
  readonly pingMs: number;
  readonly maxmemoryPolicy: string;
  readonly usedMemoryBytes: number;
  /** 0: no limit. */
  readonly maxmemoryBytes: number;
  /** Writes are kept in an append-only file, so that a restart loses a second at most. */
  readonly aof: boolean;
  /** What an operator should do something about; empty when nothing. */
  readonly concerns: readonly string[];
}

/** Above it the next wake-ups are refused soon: with `noeviction` a full Redis takes no writes. */
const MEMORY_SHARE = 0.8;

/** Reads what INFO says. Asks nothing that a managed service forbids. */
export function redisHealthOf(info: string, pingMs: number): RedisHealth {
  const said = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  const health = {
    version: said('redis_version'),
    role: said('role'),
    replicas: Number(said('connected_slaves') || 0),
    pingMs,
    maxmemoryPolicy: said('maxmemory_policy'),
    usedMemoryBytes: Number(said('used_memory') || 0),
    maxmemoryBytes: Number(said('maxmemory') || 0),
    aof: said('aof_enabled') === '1',
  };
  const { maxmemoryPolicy, usedMemoryBytes, maxmemoryBytes } = health;
  return {
    ...health,
    concerns: [
      ...(maxmemoryPolicy === 'noeviction' ? [] : [`maxmemory-policy is ${maxmemoryPolicy || 'unknown'}: it may forget jobs`]),
      ...(maxmemoryBytes > 0 && usedMemoryBytes > MEMORY_SHARE * maxmemoryBytes
        ? [`${Math.round((100 * usedMemoryBytes) / maxmemoryBytes)} % of its memory is used: full, it takes no writes`]
        : []),
      ...(said('role') === 'slave' ? ['this is a replica: it takes no writes'] : []),
      ...(said('loading') === '1' ? ['it is still loading its data'] : []),
      ...(said('aof_last_write_status') === 'err' ? ['its append-only file cannot be written'] : []),
    ],
  };
}

export async function readRedisHealth(redis: Pick<Redis, 'info' | 'ping'>): Promise<RedisHealth> {
  const info = await redis.info();
  const startedMs = performance.now();
  await redis.ping();
  return redisHealthOf(info, performance.now() - startedMs);
}
