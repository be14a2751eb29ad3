import { z } from 'zod';
import type { CommandSet } from '../cli.js';
import { CliError, EXIT } from '../exit-code.js';
import { table } from '../table.js';

const answered = z.looseObject({
  reachable: z.literal(true),
  version: z.string(),
  role: z.string(),
  replicas: z.number(),
  pingMs: z.number(),
  maxmemoryPolicy: z.string(),
  usedMemoryBytes: z.number(),
  maxmemoryBytes: z.number(),
  aof: z.boolean(),
  concerns: z.array(z.string()),
});
const silent = z.looseObject({ reachable: z.literal(false), concerns: z.array(z.string()) });
const survey = z.looseObject({
  queues: z.array(z.looseObject({ shardId: z.string(), queue: z.string(), paused: z.boolean(), jobs: z.record(z.string(), z.number()) })),
  redis: z.discriminatedUnion('reachable', [answered, silent]),
});

const JOBS = ['waiting', 'active', 'delayed', 'completed', 'failed'];

/** The queues that wake the senders, and their Redis. */
export const queueCommands: CommandSet = (program, cli) => {
  program
    .command('queues')
    .description('jobs per queue, and how the Redis under them is; ends with 5 when something about it is of concern')
    .action(async () => {
      const answer = await cli.sender.get('/queues', survey);
      cli.show(answer, () => `${redisText(answer.redis)}\n${queuesText(answer.queues)}`);
      if (answer.redis.concerns.length > 0) throw new CliError(`Redis: ${answer.redis.concerns.join('; ')}`, EXIT.unwell);
    });
};

const queuesText = (queues: z.output<typeof survey>['queues']): string =>
  table(
    ['SHARD', 'QUEUE', ...JOBS.map((state) => state.toUpperCase()), 'PAUSED'],
    queues.map(({ shardId, queue, jobs, paused }) => [shardId, queue, ...JOBS.map((state) => jobs[state] ?? 0), paused]),
  );

function redisText(redis: z.output<typeof survey>['redis']): string {
  if (!redis.reachable) return 'Redis does not answer\n';
  const limit = redis.maxmemoryBytes === 0 ? 'no limit' : `of ${megabytes(redis.maxmemoryBytes)}`;
  return table(
    ['REDIS', 'ROLE', 'REPLICAS', 'PING', 'POLICY', 'AOF', 'MEMORY'],
    [
      [
        redis.version,
        redis.role,
        redis.replicas,
        `${redis.pingMs.toFixed(1)} ms`,
        redis.maxmemoryPolicy,
        redis.aof,
        `${megabytes(redis.usedMemoryBytes)}, ${limit}`,
      ],
    ],
  );
}

const megabytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
