import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LocalProcess, type ProcessSpec, type Ready } from './local-process.js';
import { Reaper } from './reaper.js';

const atOnce: Ready = () => Promise.resolve();
const never: Ready = (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

describe(LocalProcess.name, () => {
  let folder: string;
  let reaper: Reaper;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'local-process-'));
    reaper = new Reaper();
  });

  afterEach(async () => {
    await reaper.finish();
    rmSync(folder, { recursive: true, force: true });
  });

  const shell = (script: string, more: Partial<ProcessSpec> = {}): LocalProcess =>
    new LocalProcess(
      {
        name: 'Fixture',
        command: 'sh',
        args: ['-c', script],
        env: process.env,
        cwd: folder,
        logFile: join(folder, 'log'),
        stopSignal: 'SIGTERM',
        ...more,
      },
      reaper,
    );

  it('says how a process ended before it was ready, with the end of its log', async () => {
    const sut = shell('echo "disk is full" >&2; exit 3');

    await expect(sut.start(never, AbortSignal.timeout(5_000))).rejects.toThrow(
      'Fixture ended (exit code 3) before it was ready\ndisk is full',
    );
  });

  it('says that a program is missing', async () => {
    const sut = shell('', { command: join(folder, 'absent') });

    await expect(sut.start(never, AbortSignal.timeout(5_000))).rejects.toThrow(/Fixture did not start: .*ENOENT/);
  });

  it('reports a process that ends without having been asked to, and no other', async () => {
    const crashes: string[] = [];
    const onCrash = (how: string): number => crashes.push(how);
    const killed = shell('exec sleep 300', { onCrash });
    const stopped = shell('exec sleep 300', { onCrash });
    const crashing = shell('sleep 0.2; exit 7', { onCrash });
    await Promise.all([killed, stopped, crashing].map((sut) => sut.start(atOnce, AbortSignal.timeout(5_000))));

    await killed.kill('SIGKILL');
    await stopped.stop(5_000);
    while (crashing.running) await sleep(20);

    expect(crashes).toEqual(['exit code 7']);
    expect([killed.running, stopped.running]).toEqual([false, false]);
  });

  it('ends with SIGKILL what does not stop in time', async () => {
    const sut = shell('trap "" TERM; echo deaf; while true; do sleep 0.1; done');
    await sut.start(atOnce, AbortSignal.timeout(5_000));
    while (sut.logTail() !== 'deaf') await sleep(20);

    await sut.stop(200);

    expect(sut.running).toBe(false);
  });

  it('appends to the same log when it is started again', async () => {
    const sut = shell('echo started; exec sleep 300');
    for (let start = 1; start <= 2; start += 1) {
      await sut.start(atOnce, AbortSignal.timeout(5_000));
      while (readFileSync(join(folder, 'log'), 'utf8').split('\n').length <= start) await sleep(20);
      await sut.kill('SIGKILL');
    }

    expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('started\nstarted\n');
  });
});
