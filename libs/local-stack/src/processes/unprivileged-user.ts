import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { drop } from '@daybreak/kernel';

/** A user of this machine. */
export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Debian's PostgreSQL packages make the first; every system has the second. */
const CANDIDATES = ['postgres', 'nobody'];

/** Whom PostgreSQL runs as: itself refuses to run as root. Undefined when we are not root and simply run it. */
export function unprivilegedUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
  const found = CANDIDATES.map((name) => users.find((user) => user.name === name && user.uid !== 0)).find((user) => user !== undefined);
  if (!found)
    throw drop(
      `PostgreSQL does not run as root, and there is no user ${CANDIDATES.join(' or ')} to run it as: add one with "useradd --system postgres"`,
    );
  return found;
}

/** Whether any user can reach what lies in this folder. A clone under a home with mode 0700 cannot be reached. */
export function isTraversableByAll(folder: string): boolean {
  for (let path = resolve(folder); ; path = dirname(path)) {
    if ((statSync(path).mode & 0o001) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

/** The first folder that exists and that we can write to; with `forOthers`, also one that any user can reach. */
export function firstUsableFolder(folders: readonly string[], forOthers: boolean): string {
  const found = folders.find((folder) => isWritable(folder) && (!forOthers || isTraversableByAll(folder)));
  if (!found)
    throw drop(`none of the folders ${folders.join(', ')} can be written to${forOthers ? ' and reached by an unprivileged user' : ''}`);
  return found;
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return statSync(folder).isDirectory();
  } catch {
    return false; // not there, or not ours: the next candidate is asked
  }
}
