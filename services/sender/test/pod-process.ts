import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** A pod as a process of its own: one that can be killed, stopped and continued. */
export interface PodProcess {
  readonly pid: number;
  /** Of its HTTP server, on 127.0.0.1 unless HTTP_HOST says otherwise. */
  readonly port: number;
  signal(signal: NodeJS.Signals): void;
  /** Resolves with the exit code or the signal once it is gone. */
  readonly gone: Promise<number | string>;
}

/** Builds the service, as it is, once for all pods of a test. */
export function buildSender(): void {
  execFileSync('npx', ['nx', 'build', '@daybreak/sender', '--outputStyle=static'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Resolves when the pod listens. */
export async function startPod(env: Readonly<Record<string, string>>): Promise<PodProcess> {
  const child: ChildProcess = fork(join(ROOT, 'services/sender/dist/main.js'), [], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], ...env },
    execArgv: ['--import', '@daybreak/observability/telemetry'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const gone = new Promise<number | string>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code ?? 0)));
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (ready: { port: number }) => resolve(ready.port));
    void gone.then((how) => reject(new Error(`the pod ended before it was ready (${how})`)));
  });
  return { pid: child.pid ?? 0, port, signal: (signal) => void child.kill(signal), gone };
}
