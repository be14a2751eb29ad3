import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { drop, reasonOf } from '@daybreak/kernel';
import { LocalProcess } from '../local-process.js';
import type { Reaper } from '../reaper.js';

/** From spawn to "ready", with seven services starting at once on two cores. */
const READY_TIMEOUT_MS = 90_000;
/** Above every service's own SHUTDOWN_GRACE_MS (30 s): what still runs then hangs. */
const STOP_GRACE_MS = 35_000;
/** Before a crashed service is started again: a kubelet restarts the first time at once, but its container needs about that long. */
const RESTART_DELAY_MS = 1_000;

/**
 * As in the image. kafkajs computes negative time-outs, which newer Nodes warn about and treat as 1 ms. V8's memory reducer would clear out the heaps
 * of all services at the same time, a hundred seconds after they started together. Telemetry has to be loaded before everything else.
 */
const NODE_OPTIONS = [
  '--disable-warning=TimeoutNegativeWarning',
  '--enable-source-maps',
  '--no-memory-reducer',
  '--import',
  '@daybreak/observability/telemetry',
];

/** A service that ended without having been asked to. */
export interface Crash {
  readonly instance: string;
  /** `exit code 1`, `SIGKILL`. */
  readonly how: string;
  /** The end of its log. */
  readonly logTail: string;
}

/** One process of a service, and what becomes of it when it crashes. */
export interface ServiceProcessOptions {
  /** Folder under `services/`. */
  readonly service: string;
  readonly instance: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logDir: string;
  readonly repositoryRoot: string;
  readonly restartCrashed: boolean;
  readonly onCrash: (crash: Crash) => void;
}

/** One built service as a child process; the same port over all its restarts, and the same variables where none are laid over them. */
export class ServiceProcess {
  private process: LocalProcess;
  private stopping = false;

  constructor(
    private readonly options: ServiceProcessOptions,
    private readonly reaper: Reaper,
  ) {
    this.process = this.processWith(options.env);
  }

  get running(): boolean {
    return this.process.running;
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  async start(): Promise<void> {
    this.stopping = false;
    await this.process.start(saysReady, AbortSignal.timeout(READY_TIMEOUT_MS));
  }

  kill(signal: NodeJS.Signals): Promise<void> {
    return this.process.kill(signal);
  }

  /** SIGTERM, and SIGKILL to what hangs. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.process.stop(STOP_GRACE_MS);
  }

  /** @param env laid over its variables, for this life only */
  async restart(env: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.stop();
    this.process = this.processWith({ ...this.options.env, ...env });
    await this.start();
  }

  pause(): void {
    this.process.pause();
  }

  resume(): void {
    this.process.resume();
  }

  private processWith(env: NodeJS.ProcessEnv): LocalProcess {
    const { service, instance, logDir, repositoryRoot } = this.options;
    return new LocalProcess(
      {
        name: instance,
        command: process.execPath,
        args: [...NODE_OPTIONS, entryOf(repositoryRoot, service)],
        env,
        cwd: repositoryRoot,
        logFile: join(logDir, `${instance}.log`),
        stopSignal: 'SIGTERM',
        ipc: true,
        onCrash: (how) => void this.crashed(how),
      },
      this.reaper,
    );
  }

  private async crashed(how: string): Promise<void> {
    const { instance, onCrash, restartCrashed } = this.options;
    onCrash({ instance, how, logTail: this.process.logTail() });
    if (!restartCrashed) return;
    await sleep(RESTART_DELAY_MS);
    if (this.stopping || this.running) return;
    await this.start().catch((error: unknown) => this.crashed(reasonOf(error)));
  }
}

function entryOf(root: string, service: string): string {
  const entry = join(root, 'services', service, 'dist', 'main.js');
  if (!existsSync(entry)) throw drop(`services/${service} is not built: run "npm run build"`);
  return entry;
}

/** A service that was forked tells its launcher when it listens: `{ ready: true, port }`. */
function saysReady(signal: AbortSignal, child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    child.on('message', (message: { ready?: boolean }) => {
      if (message.ready !== true) return;
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
  });
}
