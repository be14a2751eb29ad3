import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@daybreak/testing';
import { Redis } from 'ioredis';

/** A Redis that this test alone uses, and may ruin. */
export class OwnRedis {
  private readonly directory = mkdtempSync(join(tmpdir(), 'daybreak-redis-'));
  private process: ChildProcess | undefined;

  private constructor(private readonly port: number) {}

  static async start(): Promise<OwnRedis> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const redis = new OwnRedis(port);
    await redis.run();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}/0`;
  }

  /** @returns how many keys went */
  async flush(): Promise<number> {
    return this.ask(async (redis) => {
      const keys = await redis.dbsize();
      await redis.flushall();
      return keys;
    });
  }

  /** Killed, the last half of what it had written lost, started again. */
  async loseHalf(): Promise<void> {
    await this.kill();
    const files = readdirSync(join(this.directory, 'appendonlydir')).filter((name) => name.endsWith('.incr.aof'));
    for (const name of files) {
      const path = join(this.directory, 'appendonlydir', name);
      truncateSync(path, Math.floor(statSync(path).size / 2));
    }
    await this.run();
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async run(): Promise<void> {
    const durability = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--aof-load-truncated', 'yes', '--save', ''];
    this.process = spawn('redis-server', ['--port', `${this.port}`, '--bind', '127.0.0.1', '--dir', this.directory, ...durability], {
      stdio: 'ignore',
    });
    await eventually(() => this.ask((redis) => redis.ping()));
  }

  private async kill(): Promise<void> {
    const gone = new Promise((resolve) => this.process?.once('exit', resolve));
    this.process?.kill('SIGKILL');
    await gone;
  }

  private async ask<T>(question: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(this.url, { maxRetriesPerRequest: 1, retryStrategy: () => 50 });
    redis.on('error', () => undefined); // the question fails, and says so
    return question(redis).finally(() => redis.disconnect());
  }
}
