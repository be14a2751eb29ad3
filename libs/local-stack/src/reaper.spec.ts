import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { allGone, isAlive, processTree, Reaper } from './reaper.js';

const REAPER = new URL('./reaper.ts', import.meta.url).href;
const GONE_MS = 8_000; // above the reaper's own five seconds of patience

describe(Reaper.name, () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'reaper-'));
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data', 'file'), 'x');
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('ends the processes it was told of, their children too, and removes the folders', async () => {
    const child = spawn('sh', ['-c', 'sleep 300 & wait'], { detached: true, stdio: 'ignore' });
    const tree = await treeOfTwo(child);
    const sut = new Reaper();
    sut.process(child.pid ?? 0, 'SIGTERM');
    sut.folder(folder);

    await sut.finish();

    expect(tree.map(isAlive)).toEqual([false, false]);
    expect(existsSync(folder)).toBe(false);
  }, 15_000); // the grandchild hears of nothing before the reaper's patience ends

  it('ends a process that is stopped and one that ignores its stop signal', async () => {
    const stopped = spawn('sleep', ['300'], { stdio: 'ignore' });
    const deaf = spawn('sh', ['-c', 'trap "" TERM; while true; do sleep 1; done'], { stdio: 'ignore' });
    stopped.kill('SIGSTOP');
    const sut = new Reaper();
    for (const child of [stopped, deaf]) sut.process(child.pid ?? 0, 'SIGTERM');

    await sut.finish();

    expect(await allGone([stopped.pid ?? 0, deaf.pid ?? 0], GONE_MS)).toBe(true);
  }, 15_000);

  it('leaves alone what has ended by itself: its process id may be somebody else’s by now', async () => {
    const other = spawn('sleep', ['300'], { stdio: 'ignore' });
    const sut = new Reaper();
    sut.process(other.pid ?? 0, 'SIGTERM');
    sut.exited(other.pid ?? 0);

    await sut.finish();

    expect(isAlive(other.pid ?? 0)).toBe(true);
    other.kill('SIGKILL');
  });

  it('removes containers by way of the engine they run in, here one that is reached over TCP', async () => {
    const asked: string[] = [];
    const engine = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(204).end();
    }).listen(0, '127.0.0.1');
    await once(engine, 'listening');
    const sut = new Reaper();

    sut.container('c1', { host: '127.0.0.1', port: (engine.address() as AddressInfo).port });
    await sut.finish();

    expect(asked).toEqual(['DELETE /containers/c1?force=true&v=true']);
    engine.close();
  });

  it('starts nothing more once it was told to finish', async () => {
    const sut = new Reaper();
    await sut.finish();

    expect(() => sut.process(1, 'SIGTERM')).toThrow('the stack has been stopped');
  });

  it.each(['SIGKILL', 'SIGINT'] as const)(
    'does its work when its parent dies of %s',
    async (signal) => {
      const parent = spawn(process.execPath, ['--input-type=module', '--eval', parentProgram(folder)], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const pid = Number(await firstLine(parent));
      expect(isAlive(pid)).toBe(true);

      parent.kill(signal);
      await once(parent, 'exit');

      expect(await allGone([pid], GONE_MS)).toBe(true);
      await expect(gone(folder)).resolves.toBe(true);
    },
    20_000,
  );
});

/** Starts a process, tells the reaper of it and of the folder, and never stops by itself. */
const parentProgram = (folder: string): string => `
  import { spawn } from 'node:child_process';
  import { Reaper } from ${JSON.stringify(REAPER)};
  const reaper = new Reaper();
  reaper.folder(${JSON.stringify(folder)});
  const child = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' });
  reaper.process(child.pid, 'SIGTERM');
  setInterval(() => undefined, 1000);
  console.log(child.pid);
`;

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('no stdout');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return line;
}

async function treeOfTwo(child: ChildProcess): Promise<number[]> {
  for (;;) {
    const tree = processTree(child.pid ?? 0);
    if (tree.length === 2) return tree;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function gone(path: string): Promise<boolean> {
  const deadline = performance.now() + GONE_MS;
  while (existsSync(path) && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  return !existsSync(path);
}
