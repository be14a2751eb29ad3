import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Manifest } from './manifests.js';

export const ROOT = join(import.meta.dirname, '..', '..');
export const CHART = join(ROOT, 'charts', 'daybreak');

/** The chart needs 1.28; a helm that was built from source assumes a Kubernetes of its first days. */
const KUBERNETES = ['--kube-version', '1.31.0'];

/** Where a program is, on the PATH or where `go install` puts it. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), join(homedir(), 'go', 'bin')];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

export class Helm {
  constructor(private readonly program: string) {}

  /** Throws with helm's own words. */
  lint(...valuesFiles: string[]): void {
    this.run('lint', '--strict', CHART, ...KUBERNETES, ...valuesFiles.flatMap((file) => ['-f', file]));
  }

  /** The manifests as text, as in a release called `daybreak` in a namespace of that name. */
  text(valuesFiles: readonly string[], sets: readonly string[] = []): string {
    const values = [...valuesFiles.flatMap((file) => ['-f', file]), ...sets.flatMap((set) => ['--set-json', set])];
    return this.run('template', 'daybreak', CHART, '-n', 'daybreak', ...KUBERNETES, ...values);
  }

  manifests(valuesFiles: readonly string[], sets: readonly string[] = []): Manifest[] {
    return parseAllDocuments(this.text(valuesFiles, sets))
      .map((document) => document.toJS() as Manifest | null)
      .filter((manifest) => manifest !== null);
  }

  private run(...args: string[]): string {
    try {
      return execFileSync(this.program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`${stdout}${stderr}`, { cause: error });
    }
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // not in this folder
  }
}
