import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isAlive, processTree } from '../src/reaper.js';

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
  });

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
      await eventually(() => /KAFKA_BROKERS=.*\n/.test(output), START_MS);
      expect(ports()).toHaveLength(3);
      expect(await Promise.all(ports().map(isOpen))).toEqual([true, true, true]);

      cli.kill(signal);
      const [code] = (await once(cli, 'exit')) as [number | null];

      expect(code).toBe(exitCode);
      await eventually(() => readdirSync(temporary).length === 0, GONE_MS);
      expect(await Promise.all(ports().map(isOpen))).toEqual([false, false, false]);
    },
    START_MS + 30_000,
  );

  (process.platform === 'linux' ? it : it.skip).each(['initdb', 'kafka.tools.StorageTool'])(
    'leaves nothing behind when a kill -9 comes while %s prepares a store',
    async (program) => {
      const preparing = (): number[] => processTree(cli.pid ?? 0).filter((pid) => commandOf(pid).includes(program));
      await eventually(() => preparing().length > 0, START_MS);
      const pids = processTree(cli.pid ?? 0).filter((pid) => commandOf(pid).includes(temporary));

      cli.kill('SIGKILL');

      await eventually(() => !pids.some(isAlive) && readdirSync(temporary).length === 0, GONE_MS);
    },
    START_MS + 30_000,
  );
});

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return ''; // it ended while we looked
  }
}

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
