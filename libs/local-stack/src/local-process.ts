import { execFile, spawn, type ChildProcess, type ExecFileOptions } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { drop, reasonOf } from '@daybreak/kernel';
import { allGone, isAlive, processTree, signalAll, type Reaper } from './reaper.js';

/** A killed process that has not gone by then hangs in the kernel; waiting longer would not help. */
const GONE_TIMEOUT_MS = 30_000;
const LOG_TAIL_LINES = 15;

/** What is run, and how it is stopped. */
export interface ProcessSpec {
  /** As people call it. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Takes stdout and stderr; appended to over restarts. */
  readonly logFile: string;
  /** Stops it without leaving anything behind. */
  readonly stopSignal: NodeJS.Signals;
  /** Whom it runs as, when not as us. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** Opens a channel on which a Node child may say that it is ready. */
  readonly ipc?: boolean;
  /** Told when it ends after it was ready without having been asked to: `exit code 1`, `SIGSEGV`. */
  readonly onCrash?: (how: string) => void;
}

/** Runs a program to its end, remembered by the reaper meanwhile. Throws what it wrote when it fails. */
export async function runToEnd(reaper: Reaper, command: string, args: readonly string[], options: ExecFileOptions): Promise<void> {
  const run = promisify(execFile)(command, args, options);
  const { pid } = run.child;
  if (pid !== undefined) {
    reaper.process(pid, 'SIGTERM');
    run.child.once('exit', () => reaper.exited(pid));
  }
  await run;
}

/** Resolves when the process can be used; rejects when the signal is aborted. */
export type Ready = (signal: AbortSignal, child: ChildProcess) => Promise<void>;

/** A child in a session of its own (a terminal's Ctrl-C is the launcher's to handle), remembered by the reaper. */
export class LocalProcess {
  private child: ChildProcess | undefined;
  private ended: Promise<void> = Promise.resolve();
  private expectedToEnd = false;

  constructor(
    private readonly spec: ProcessSpec,
    private readonly reaper: Reaper,
  ) {}

  /** Starts it, and resolves when `ready` does. When it exits first, throws with the end of its log. */
  async start(ready: Ready, signal: AbortSignal): Promise<void> {
    this.expectedToEnd = true; // until it is ready, its end is this call's error and no crash
    const child = this.spawn();
    const exit = new AbortController();
    child.once('exit', (code, by) =>
      exit.abort(drop(`${this.spec.name} ended (${by ?? `exit code ${code}`}) before it was ready\n${this.logTail()}`)),
    );
    child.once('error', (error) => exit.abort(drop(`${this.spec.name} did not start: ${error.message}`, error)));
    try {
      await ready(AbortSignal.any([signal, exit.signal]), child);
    } catch (error) {
      if (exit.signal.aborted) throw exit.signal.reason;
      throw drop(`${this.spec.name}: ${reasonOf(error)}\n${this.logTail()}`, error);
    } finally {
      // Only now: until it is ready it may be all that a launcher waits for, and an unreferenced wait ends the launcher.
      child.unref();
      child.channel?.unref();
    }
    exit.signal.throwIfAborted();
    this.expectedToEnd = false;
  }

  get running(): boolean {
    return this.child?.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Undefined when it does not run. */
  get pid(): number | undefined {
    return this.running ? this.child?.pid : undefined;
  }

  /** Signals the process alone, and resolves once it and all its descendants are gone. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const pid = this.demandPid();
    this.expectedToEnd = true;
    this.child?.ref(); // this end is waited for, even by a launcher that has nothing else to do
    const tree = processTree(pid);
    signalAll([pid], signal);
    if (!(await allGone(tree, GONE_TIMEOUT_MS))) {
      throw drop(`${this.spec.name} was sent ${signal} and still runs (${tree.filter(isAlive).length} processes)`);
    }
    await this.ended; // the kernel knows a moment before Node does
  }

  /** The stop signal, and SIGKILL for what still runs after `graceMs`. Resolves at once when it does not run. */
  async stop(graceMs: number): Promise<void> {
    if (!this.running) return;
    const pid = this.demandPid();
    this.expectedToEnd = true;
    this.child?.ref(); // this end is waited for, even by a launcher that has nothing else to do
    const tree = processTree(pid);
    signalAll(tree, 'SIGCONT'); // a paused process hears nothing but SIGKILL
    signalAll([pid], this.spec.stopSignal);
    if (await allGone(tree, graceMs)) await this.ended;
    else await this.kill('SIGKILL');
  }

  pause(): void {
    signalAll(processTree(this.demandPid()), 'SIGSTOP');
  }

  resume(): void {
    signalAll(processTree(this.demandPid()), 'SIGCONT');
  }

  logTail(): string {
    if (!existsSync(this.spec.logFile)) return '';
    return readFileSync(this.spec.logFile, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
  }

  private demandPid(): number {
    if (this.pid === undefined) throw drop(`${this.spec.name} does not run`);
    return this.pid;
  }

  private spawn(): ChildProcess {
    const { command, args, env, cwd, user, logFile, ipc, stopSignal } = this.spec;
    const log = openSync(logFile, 'a', 0o644);
    const child = spawn(command, args, {
      cwd,
      env,
      detached: true,
      stdio: ipc ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
      ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
    });
    closeSync(log); // the child holds its own
    if (child.pid !== undefined) this.watch(child, child.pid, stopSignal);
    this.child = child;
    return child;
  }

  private watch(child: ChildProcess, pid: number, stopSignal: NodeJS.Signals): void {
    this.reaper.process(pid, stopSignal);
    this.ended = new Promise((resolve) => child.once('exit', () => resolve()));
    child.once('exit', (code, by) => {
      this.reaper.exited(pid);
      if (!this.expectedToEnd) this.spec.onCrash?.(by ?? `exit code ${code}`);
    });
  }
}
