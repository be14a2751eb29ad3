import { describe, expect, it } from '@jest/globals';
import { prefixOf, shardQueueName } from './queue-name.js';
import { assertNoEviction, EvictingRedisError } from './redis-policy.js';

const redisWith = (info: string) => ({ info: () => Promise.resolve(info) }) as unknown as Parameters<typeof assertNoEviction>[0];

describe(assertNoEviction.name, () => {
  it('accepts noeviction', async () => {
    await expect(assertNoEviction(redisWith('# Memory\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n'))).resolves.toBeUndefined();
  });

  it.each([
    ['a policy that evicts', '# Memory\r\nmaxmemory_policy:allkeys-lru\r\n'],
    ['a server that does not say', '# Memory\r\n'],
  ])('refuses %s', async (_, info) => {
    await expect(assertNoEviction(redisWith(info))).rejects.toThrow(EvictingRedisError);
  });
});

describe(prefixOf.name, () => {
  it('gives every queue a hash slot of its own, apart from other namespaces', () => {
    expect(prefixOf('', shardQueueName('shard-1'))).toBe('{daybreak.slice.shard-1}');
    expect(prefixOf('ns', shardQueueName('shard-1'))).toBe('{ns.slice.shard-1}');
  });
});
