import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { drop } from '@daybreak/kernel';
import { allGone, isAlive, processTree, signalAll, type Reaper } from '../reaper.js';
import type { SystemUser } from './unprivileged-user.js';

/** A killed process that has not gone by then hangs in the kernel; waiting longer would not help. */
const GONE_TIMEOUT_MS = 30_000;
const LOG_TAIL_LINES = 15;

export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly logFile: string;
  /** Stops it without leaving anything behind, and without waiting for its clients. */
  readonly stopSignal: NodeJS.Signals;
  readonly user?: SystemUser | undefined;
}

/** A server that runs as a child, in a session of its own (a terminal's Ctrl-C is the launcher's to handle), remembered by the reaper. */
export class LocalProcess {
  private child: ChildProcess | undefined;

  constructor(
    private readonly spec: ProcessSpec,
    private readonly reaper: Reaper,
  ) {}

  /** Starts it, and resolves when `ready` does. When it exits first, throws with the end of its log. */
  async start(ready: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    const child = this.spawn();
    const exit = new AbortController();
    child.once('exit', (code, by) =>
      exit.abort(drop(`${this.spec.name} ended (${by ?? `exit code ${code}`}) before it was ready\n${this.logTail()}`)),
    );
    child.once('error', (error) => exit.abort(drop(`${this.spec.name} did not start: ${error.message}`, error)));
    try {
      await ready(AbortSignal.any([signal, exit.signal]));
      exit.signal.throwIfAborted();
    } catch (error) {
      if (exit.signal.aborted) throw exit.signal.reason;
      throw drop(`${this.spec.name}: ${error instanceof Error ? error.message : 'not ready'}\n${this.logTail()}`, error);
    }
  }

  get running(): boolean {
    return this.child?.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Signals the process alone, and resolves once it and all its descendants are gone. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const pid = this.pid();
    const tree = processTree(pid);
    signalAll([pid], signal);
    if (!(await allGone(tree, GONE_TIMEOUT_MS))) {
      throw drop(`${this.spec.name} was sent ${signal} and still runs (${tree.filter(isAlive).length} processes)`);
    }
  }

  pause(): void {
    signalAll(processTree(this.pid()), 'SIGSTOP');
  }

  resume(): void {
    signalAll(processTree(this.pid()), 'SIGCONT');
  }

  logTail(): string {
    if (!existsSync(this.spec.logFile)) return '';
    return readFileSync(this.spec.logFile, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
  }

  private pid(): number {
    if (!this.running || this.child?.pid === undefined) throw drop(`${this.spec.name} does not run`);
    return this.child.pid;
  }

  private spawn(): ChildProcess {
    const { command, args, env, cwd, user, logFile } = this.spec;
    const log = openSync(logFile, 'a', 0o644);
    const child = spawn(command, args, {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', log, log],
      ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
    });
    closeSync(log); // the child holds its own
    if (child.pid !== undefined) {
      const pid = child.pid;
      this.reaper.process(pid, this.spec.stopSignal);
      child.once('exit', () => this.reaper.exited(pid));
    }
    child.unref();
    this.child = child;
    return child;
  }
}
