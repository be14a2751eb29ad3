export { JobQueueModule } from './job-queue.module.js';
export { JobQueues, type JobQueuesConfig, type QueueCounts } from './job-queues.js';
export { QUEUE_POLICY, type QueueKind, type QueuePolicy } from './queue-policy.js';
export { openRedis, type RedisManners } from './open-redis.js';
export { shardQueueName } from './queue-name.js';
export { assertNoEviction, EvictingRedisError } from './redis-policy.js';
export { type RedisHealth } from './redis-health.js';
