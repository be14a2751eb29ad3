/** The queue of one phone-number shard. */
export const shardQueueName = (shardId: string): string => `slice.${shardId}`;

/**
 * Prefix of a queue's keys. The braces are a hash tag: in a Redis cluster all keys of a queue must share a slot, and each queue
 * has one of its own, so that shards spread over the nodes.
 */
export const prefixOf = (namespace: string, queue: string): string => `{${namespace === '' ? 'daybreak' : namespace}.${queue}}`;
