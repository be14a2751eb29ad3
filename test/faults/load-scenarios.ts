import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Scenario } from './scenario.js';

const FOLDER = join(import.meta.dirname, 'scenarios');

/** Every file of `scenarios/`, in the order of their ids: a scenario needs no registration. */
export async function loadScenarios(): Promise<Scenario[]> {
  const files = (await readdir(FOLDER)).filter((file) => /^f\d\d.*\.js$/.test(file)).sort();
  return Promise.all(
    files.map(async (file) => {
      const { scenario } = (await import(pathToFileURL(join(FOLDER, file)).href)) as { scenario?: Scenario };
      if (scenario === undefined) throw new Error(`${file} exports no scenario`);
      return scenario;
    }),
  );
}
