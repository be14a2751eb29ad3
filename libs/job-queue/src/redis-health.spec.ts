import { describe, expect, it } from '@jest/globals';
import { redisHealthOf, redisHealthOfAll } from './redis-health.js';

const INFO = {
  redis_version: '7.0.15',
  loading: '0',
  used_memory: '1048576',
  used_memory_human: '1.00M',
  maxmemory: '0',
  maxmemory_policy: 'noeviction',
  aof_enabled: '1',
  aof_last_write_status: 'ok',
  role: 'master',
  connected_slaves: '1',
};

const infoWith = (over: Partial<typeof INFO> = {}): string =>
  ['# Server', ...Object.entries({ ...INFO, ...over }).map(([name, value]) => `${name}:${value}`)].join('\r\n');

describe(redisHealthOf.name, () => {
  it('finds nothing wrong with a Redis that is as it should be', () => {
    expect(redisHealthOf(infoWith(), 0.4)).toEqual({
      version: '7.0.15',
      role: 'master',
      replicas: 1,
      pingMs: 0.4,
      maxmemoryPolicy: 'noeviction',
      usedMemoryBytes: 1_048_576,
      maxmemoryBytes: 0,
      aof: true,
      concerns: [],
    });
  });

  it.each<[string, Partial<typeof INFO>, RegExp]>([
    ['may evict', { maxmemory_policy: 'allkeys-lru' }, /policy is allkeys-lru/],
    ['is nearly full', { maxmemory: '1200000' }, /87 % of its memory/],
    ['is a replica', { role: 'slave' }, /is a replica/],
    ['has just started', { loading: '1' }, /still loading/],
    ['cannot write its file', { aof_last_write_status: 'err' }, /append-only file/],
  ])('says so when it %s', (_, over, concern) => {
    expect(redisHealthOf(infoWith(over), 1).concerns).toEqual([expect.stringMatching(concern)]);
  });
});

describe(redisHealthOfAll.name, () => {
  it('names the one node of a cluster that is nearly full', () => {
    const nodes = [infoWith(), infoWith({ maxmemory: '1200000' }), infoWith()].map((info, i) => ({
      place: `127.0.0.1:700${i}`,
      health: redisHealthOf(info, i),
    }));

    expect(redisHealthOfAll(nodes)).toEqual({
      version: '7.0.15',
      role: 'master',
      replicas: 3,
      pingMs: 2,
      maxmemoryPolicy: 'noeviction',
      usedMemoryBytes: 3 * 1_048_576,
      maxmemoryBytes: 0,
      aof: true,
      concerns: [expect.stringMatching(/^127\.0\.0\.1:7001: 87 % of its memory/)],
    });
  });
});
