import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { redisReady } from '../readiness.js';
import type { StackPart } from '../stack.js';
import { REDIS_SETTINGS } from '../store-settings.js';
import { ensureTool } from './install.js';
import { LocalProcess } from '../local-process.js';
import { processPart, type ProcessContext } from './process-part.js';

/** Debian's redis-server with its append-only file in the stack's folder. */
export async function startRedis(context: ProcessContext, port: number, password: string): Promise<StackPart> {
  const command = await ensureTool(
    {
      command: 'redis-server',
      debianPackage: 'redis-server',
      need: 'the shard queues live in Redis; REDIS_URL or a Docker engine would do as well',
    },
    context.install,
  );
  const home = join(context.folder, 'redis');
  mkdirSync(home, { mode: 0o700 });
  const settings = { ...REDIS_SETTINGS, port: String(port), bind: '127.0.0.1', requirepass: password, dir: home, daemonize: 'no' };
  const file = join(home, 'redis.conf');
  // A file, not arguments: those can be read by every user of the machine.
  writeFileSync(
    file,
    Object.entries(settings)
      .map(([name, value]) => `${name} ${value}\n`)
      .join(''),
    { mode: 0o600 },
  );

  const server = new LocalProcess(
    {
      name: 'Redis',
      command,
      args: [file],
      env: { PATH: process.env['PATH'] },
      cwd: home,
      logFile: join(context.folder, 'redis.log'),
      stopSignal: 'SIGTERM',
    },
    context.reaper,
  );
  const address = `redis://:${password}@127.0.0.1:${port}/0`;
  const ready = (signal: AbortSignal): Promise<void> => redisReady(address, signal);
  await server.start(ready, context.signal);
  return processPart({ name: 'redis', address, server, ready });
}
