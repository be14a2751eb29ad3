import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { unprivilegedUser } from './unprivileged-user.js';

/** What is fetched or copied once per version and used by every later stack. Root's lies where an unprivileged user can reach it. */
export function cacheRoot(): string {
  if (unprivilegedUser()) return '/var/cache/daybreak';
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'daybreak');
}

/** The folder `name` of the cache; `fill`ed beside it first and moved there whole, so that nobody ever sees half of one. */
export async function cachedFolder(name: string, fill: (folder: string) => Promise<void>, root = cacheRoot()): Promise<string> {
  const folder = join(root, name);
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  chmodSync(dirname(folder), 0o755);
  const draft = mkdtempSync(`${folder}.draft-`);
  try {
    await fill(draft);
    openToAll(draft);
    publish(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

/** Readable for every user, also where the umask of whoever filled it says otherwise; what its owner may run, all may. */
function openToAll(path: string): void {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return;
  chmodSync(path, stat.isDirectory() || (stat.mode & 0o100) !== 0 ? 0o755 : 0o644);
  if (stat.isDirectory()) for (const name of readdirSync(path)) openToAll(join(path, name));
}

function publish(draft: string, folder: string): void {
  try {
    renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error; // else another process was first with the same content
  }
}
