import { Cluster, type Redis } from 'ioredis';

/** How the Redis of the queues is doing, in its own words. Of a cluster: all masters together, and the slowest answer. */
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

/** What is said of several masters, in one: sums, the slowest answer, and every concern with the place of its node. */
export function redisHealthOfAll(nodes: readonly { readonly place: string; readonly health: RedisHealth }[]): RedisHealth {
  const [first] = nodes;
  if (!first) throw new Error('the cluster has no masters');
  const all = nodes.map(({ health }) => health);
  const sum = (of: (health: RedisHealth) => number): number => all.reduce((total, health) => total + of(health), 0);
  const said = (of: (health: RedisHealth) => string): string => [...new Set(all.map(of))].join(', ');
  return {
    version: said(({ version }) => version),
    role: said(({ role }) => role),
    replicas: sum(({ replicas }) => replicas),
    pingMs: Math.max(...all.map(({ pingMs }) => pingMs)),
    maxmemoryPolicy: said(({ maxmemoryPolicy }) => maxmemoryPolicy),
    usedMemoryBytes: sum(({ usedMemoryBytes }) => usedMemoryBytes),
    maxmemoryBytes: all.every(({ maxmemoryBytes }) => maxmemoryBytes > 0) ? sum(({ maxmemoryBytes }) => maxmemoryBytes) : 0,
    aof: all.every(({ aof }) => aof),
    concerns: nodes.flatMap(({ place, health }) => health.concerns.map((concern) => `${place}: ${concern}`)),
  };
}

/** Of a cluster every master is asked: `INFO` describes the one node that it happens to reach. */
export async function readRedisHealth(redis: Redis | Cluster): Promise<RedisHealth> {
  if (!(redis instanceof Cluster)) return healthOfNode(redis);
  return redisHealthOfAll(
    await Promise.all(
      redis.nodes('master').map(async (node) => ({
        place: `${node.options.host ?? ''}:${node.options.port ?? ''}`,
        health: await healthOfNode(node),
      })),
    ),
  );
}

async function healthOfNode(redis: Pick<Redis, 'info' | 'ping'>): Promise<RedisHealth> {
  const info = await redis.info();
  const startedMs = performance.now();
  await redis.ping();
  return redisHealthOf(info, performance.now() - startedMs);
}
