import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Morning } from '../morning/morning.js';

/** Writes what `npx daybreak` needs to speak to a morning's services, to be sourced by a shell. Only its owner may read it: a token is in it. */
export async function keepForOperators(morning: Morning): Promise<string> {
  const file = join(morning.options.outDir, 'operator.env');
  const lines = Object.entries(morning.operatorVariables()).map(([name, value]) => `export ${name}=${value}\n`);
  await writeFile(file, lines.join(''), { mode: 0o600 });
  return file;
}
