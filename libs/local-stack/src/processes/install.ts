import { execFile } from 'node:child_process';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { drop } from '@daybreak/kernel';

const run = promisify(execFile);

/** Debian's mirror is usually done in seconds; a stuck one must not hang a test run for ever. */
const APT_TIMEOUT_MS = 300_000;

/** Where Debian keeps programs that an unprivileged PATH may lack. */
const MORE_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin'];

/** A program that has to be on this machine. */
export interface Tool {
  /** As one types it, e.g. `redis-server`. */
  readonly command: string;
  /** Debian's package that brings it. */
  readonly debianPackage: string;
  /** For the sentence people read: what it is needed for, and how to do without it. */
  readonly need: string;
  /** Whether the one that was found will do (its version). */
  readonly suits?: (path: string) => Promise<boolean>;
}

/** Whether packages may be installed, and who is told. */
export interface InstallPolicy {
  /** False with LOCAL_STACK_INSTALL=0. */
  readonly allowed: boolean;
  readonly log: (line: string) => void;
}

/** The tool's path. Installs its Debian package when it is missing, we are root and it is allowed; else says in one sentence what to do. */
export async function ensureTool(tool: Tool, policy: InstallPolicy): Promise<string> {
  const found = await find(tool);
  if (found) return found;
  const advice = `${tool.command} is missing (${tool.need}): install it, e.g. with "apt-get install ${tool.debianPackage}"`;
  if (!policy.allowed) throw drop(`${advice}; installing it for you is switched off by LOCAL_STACK_INSTALL=0`);
  if (process.getuid?.() !== 0 || !onPath('apt-get')) throw drop(advice);
  policy.log(`${tool.command} is missing: installing Debian's ${tool.debianPackage}`);
  await aptInstall(tool.debianPackage, advice);
  const installed = await find(tool);
  if (!installed) throw drop(`${tool.debianPackage} was installed, but its ${tool.command} does not do (${tool.need})`);
  return installed;
}

async function find(tool: Tool): Promise<string | undefined> {
  const path = onPath(tool.command);
  return path !== undefined && (await (tool.suits?.(path) ?? true)) ? path : undefined;
}

function onPath(command: string): string | undefined {
  return [...(process.env['PATH'] ?? '').split(delimiter), ...MORE_FOLDERS].map((folder) => join(folder, command)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // not in this folder
  }
}

/** apt locks the whole package database: one at a time in this process, and it waits for those of others. */
let lastInstall: Promise<unknown> = Promise.resolve();

async function aptInstall(debianPackage: string, advice: string): Promise<void> {
  const install = lastInstall.then(async () => {
    mkdirSync('/usr/share/man/man1', { recursive: true }); // slim images lack it, and the JRE's installation fails without
    const lock = ['-o', 'DPkg::Lock::Timeout=120'];
    // RUNLEVEL=1: Debian's packages start the service they bring, except in single-user mode. We want the program, not a daemon on port 6379.
    const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }, timeout: APT_TIMEOUT_MS };
    await run('apt-get', ['update', '-q', ...lock], options);
    await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...lock, debianPackage], options);
  });
  lastInstall = install.catch(() => undefined); // the next package is tried all the same; this failure is thrown below
  try {
    await install;
  } catch (error) {
    const detail = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1) ?? String(error);
    throw drop(`${advice}; apt-get failed: ${detail}`, error);
  }
}
