import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const CLI = join(import.meta.dirname, '..', 'dist', 'cli.js');
const START_MS = 60_000;
const GONE_MS = 15_000;

describe('local-stack up', () => {
  let temporary: string;
  let cli: ChildProcess;
  let output = '';

  beforeEach(async () => {
    temporary = mkdtempSync('/tmp/local-stack-cli-');
    chmodSync(temporary, 0o755); // as root, PostgreSQL's unprivileged user must reach it
    output = '';
    cli = spawn(process.execPath, [CLI, 'up'], {
      env: { PATH: process.env['PATH'], STACK: 'processes', TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    cli.stdout?.on('data', (text: Buffer) => (output += text.toString()));
    await eventually(() => /KAFKA_BROKERS=.*\n/.test(output), START_MS);
  }, START_MS + 5_000);

  afterEach(() => {
    cli.kill('SIGKILL');
    rmSync(temporary, { recursive: true, force: true });
  });

  const ports = (): number[] => [...output.matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port));

  it.each([
    ['Ctrl-C', 'SIGINT', 0],
    ['a kill -9 that leaves it no time to clean up', 'SIGKILL', null],
  ] as const)(
    'leaves neither processes nor data behind after %s',
    async (_, signal, exitCode) => {
      expect(ports()).toHaveLength(3);
      expect(await Promise.all(ports().map(isOpen))).toEqual([true, true, true]);

      cli.kill(signal);
      const [code] = (await once(cli, 'exit')) as [number | null];

      expect(code).toBe(exitCode);
      await eventually(() => readdirSync(temporary).length === 0, GONE_MS);
      expect(await Promise.all(ports().map(isOpen))).toEqual([false, false, false]);
    },
    90_000,
  );
});

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false)).once('connect', () => socket.destroy());
  });
}

async function eventually(condition: () => boolean, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms`);
    await sleep(50);
  }
}
