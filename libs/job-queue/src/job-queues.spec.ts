import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { JobQueues } from './job-queues.js';
import { EvictingRedisError } from './redis-policy.js';

/** Answers every command with the same INFO: a Redis as far as starting is concerned, with a policy of one's choice. */
async function redisThatSays(policy: string): Promise<Server> {
  const info = `# Memory\r\nmaxmemory_policy:${policy}\r\nloading:0\r\nredis_version:7.4.0\r\n`;
  const answer = `$${info.length}\r\n${info}\r\n`;
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => socket.write(answer.repeat(data.toString().match(/^\*\d+\r$/gm)?.length ?? 0)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe(JobQueues.name, () => {
  let server: Server | undefined;
  let sut: JobQueues;
  const at = (port: number): JobQueues => new JobQueues({ NAMESPACE: 'ns', REDIS_HOST: '127.0.0.1', REDIS_PORT: port, REDIS_DB: 0 });

  beforeAll(() => Logger.overrideLogger(false));
  afterEach(async () => {
    await sut.beforeApplicationShutdown();
    await sut.onApplicationShutdown();
    server?.close();
  });

  it('refuses to start on a Redis that may evict jobs', async () => {
    server = await redisThatSays('allkeys-lru');
    sut = at((server.address() as AddressInfo).port);

    await expect(sut.onModuleInit()).rejects.toThrow(EvictingRedisError);
    await expect(sut.ping()).rejects.toThrow('noeviction');
  });

  it('starts without a Redis, and is not ready', async () => {
    const free = await redisThatSays('noeviction');
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    sut = at(port);

    await expect(sut.onModuleInit()).resolves.toBeUndefined();
    await expect(sut.ping()).rejects.toThrow(/^Redis is /);
  });
});
