import { execFileSync, fork } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** A service as it runs in production: a process of its own. */
export interface ServiceProcess {
  readonly url: string;
  /** Everything it wrote to stdout and stderr so far. */
  output(): string;
  stop(): Promise<void>;
}

export type IngestProcess = ServiceProcess;

export const startIngestProcess = (env: Readonly<Record<string, string>>): Promise<IngestProcess> => startProcess('ingest', env);

/** Builds the service as it is, starts it, and resolves when it listens. */
export async function startProcess(service: string, env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
  execFileSync('npx', ['nx', 'build', `@daybreak/${service}`, '--outputStyle=static'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const child = fork(join(ROOT, 'services', service, 'dist', 'main.js'), [], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], ...env },
    execArgv: ['--import', '@daybreak/observability/telemetry'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => output.push(chunk.toString('utf8')));
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { port: number }).port));
    void gone.then(() => reject(new Error(`${service} ended before it was ready: ${output.join('').slice(-2_000)}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    output: () => output.join(''),
    stop: async () => {
      child.kill('SIGTERM');
      await gone;
    },
  };
}
