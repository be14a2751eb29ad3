import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { request as requestPlain } from 'node:http';
import { request as requestOverTls } from 'node:https';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

// Imports nothing but Node: this file is also the program of the reaper process, started as it stands (`.ts` from source, `.js` when built).
const PROGRAM = fileURLToPath(import.meta.url);

/** Time between a process's own stop signal and SIGKILL. */
const STOP_TIMEOUT_MS = 5_000;

interface Estate {
  /** Process id → the signal that stops it without leaving anything (shared memory) behind. */
  readonly processes: Map<number, NodeJS.Signals>;
  readonly folders: Set<string>;
  readonly containers: Map<string, EngineAddress>;
}

/** Where a Docker engine answers: a Unix socket, or a host, with TLS where it has certificates (PEM). */
export interface EngineAddress {
  readonly socketPath?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | string | undefined;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

type Will =
  | { readonly process: number; readonly signal: NodeJS.Signals }
  | { readonly exited: number }
  | { readonly folder: string }
  | { readonly container: string; readonly engine: EngineAddress };

/**
 * Ends what its parent started and removes what it wrote, as soon as the parent says so or is gone: a clean stop, Ctrl-C and
 * kill -9 all close the same pipe. There is no other way to stop, so the way after a crash is the one that every run takes.
 */
export class Reaper {
  private readonly child: ChildProcess;
  private readonly gone: Promise<void>;
  private finished = false;

  constructor() {
    // Detached: a session of its own, so that a terminal's Ctrl-C does not end the reaper before its work.
    this.child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', PROGRAM, 'reap'], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.gone = new Promise((resolve) => {
      this.child.once('exit', () => resolve()).once('error', () => resolve());
    });
    this.child.stdin?.on('error', () => {
      this.finished = true; // nobody is there to remember: refuse to start anything more
    });
    this.letParentExit();
  }

  /** Remembers a process (and all its descendants). Call it in the tick that spawned it. */
  process(pid: number, signal: NodeJS.Signals): void {
    this.tell({ process: pid, signal });
  }

  /** The process is gone: its id may belong to somebody else by now. */
  exited(pid: number): void {
    if (!this.finished) this.tell({ exited: pid });
  }

  folder(path: string): void {
    this.tell({ folder: path });
  }

  container(id: string, engine: EngineAddress): void {
    this.tell({ container: id, engine });
  }

  /** Ends and removes everything remembered; resolves when that is done. */
  async finish(): Promise<void> {
    this.finished = true;
    this.child.ref();
    this.child.stdin?.end();
    await this.gone;
  }

  private tell(will: Will): void {
    if (this.finished) throw new Error('the stack has been stopped');
    this.child.stdin?.write(`${JSON.stringify(will)}\n`);
  }

  private letParentExit(): void {
    this.child.unref();
    (this.child.stdin as (typeof this.child.stdin & { unref(): void }) | null)?.unref();
  }
}

/** A process and its descendants, whatever session they moved to (every PostgreSQL backend leads its own). */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const [pid, parent] of parentsOnThisMachine()) children.set(parent, [...(children.get(parent) ?? []), pid]);
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** False for zombies too: a container without an init keeps those of a dead parent for ever. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return process.platform !== 'linux' || statOf(pid)?.state !== 'Z';
}

/** Signals each process that is still there. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** Resolves true once none of them is alive, false after the time-out. */
export async function allGone(pids: readonly number[], timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (pids.some(isAlive)) {
    if (performance.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

function* parentsOnThisMachine(): Generator<[pid: number, parent: number]> {
  if (process.platform !== 'linux') return; // elsewhere a store's children follow it by themselves
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
    if (stat) yield [Number(name), stat.parent];
  }
}

function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before it may contain anything
    return { state, parent: Number(parent) };
  } catch {
    return undefined; // it ended while we looked
  }
}

async function reap(): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined); // only the pipe's end counts
  const estate: Estate = { processes: new Map(), folders: new Set(), containers: new Map() };
  for await (const line of createInterface({ input: process.stdin })) remember(estate, JSON.parse(line) as Will);

  await Promise.all([
    ...[...estate.processes].map(([pid, signal]) => end(pid, signal)),
    ...[...estate.containers].map(([id, engine]) => removeContainer(id, engine)),
  ]);
  for (const folder of estate.folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

function remember(estate: Estate, will: Will): void {
  if ('process' in will) estate.processes.set(will.process, will.signal);
  else if ('exited' in will) estate.processes.delete(will.exited);
  else if ('folder' in will) estate.folders.add(will.folder);
  else estate.containers.set(will.container, will.engine);
}

async function end(pid: number, signal: NodeJS.Signals): Promise<void> {
  const tree = processTree(pid);
  signalAll(tree, 'SIGCONT'); // a paused process hears nothing but SIGKILL
  signalAll([pid], signal);
  if (await allGone(tree, STOP_TIMEOUT_MS)) return;
  signalAll(tree, 'SIGKILL');
  await allGone(tree, STOP_TIMEOUT_MS);
}

function removeContainer(id: string, engine: EngineAddress): Promise<void> {
  const request = engine.key === undefined ? requestPlain : requestOverTls;
  return new Promise((resolve) => {
    request({ ...engine, method: 'DELETE', path: `/containers/${id}?force=true&v=true` }, (response) => {
      response.resume().once('end', () => resolve());
    })
      .once('error', () => resolve()) // the engine is gone, and the container with it
      .end();
  });
}

if (process.argv[1] === PROGRAM && process.argv[2] === 'reap') await reap();
