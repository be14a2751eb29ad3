import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { expectationSchema, type Expectation } from '../witness/expectation.js';
import type { PackCategory } from './platform.js';

/** From the root of the clone, where demos and tests run. */
const FOLDER = 'services/cloud-api-simulator/scenarios';

/** What a scenario file says to those who judge its morning; the rest of it is for the simulator. */
const scenarioFile = z.looseObject({
  about: z.string().min(1),
  /** How Daybreak was set up for it. */
  daybreak: z.strictObject({ packCategory: z.enum(['UTILITY', 'MARKETING']).default('UTILITY') }).prefault({}),
  expect: expectationSchema,
});

export interface Scenario {
  readonly name: string;
  /** As the simulator takes it. */
  readonly file: string;
  readonly about: string;
  readonly packCategory: PackCategory;
  readonly expect: Expectation;
}

/** @param named one of the simulator's scenarios, or the path of a file */
export async function readScenario(named: string): Promise<Scenario> {
  const file = basename(named) === named && !named.endsWith('.yaml') ? join(FOLDER, `${named}.yaml`) : named;
  if (!existsSync(file)) throw new Error(`there is no scenario ${named}; there are ${(await scenarioNames()).join(', ')}`);
  const parsed = scenarioFile.safeParse(parse(await readFile(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file}: ${parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ')}`);
  const { about, daybreak, expect } = parsed.data;
  return { name: basename(named, '.yaml'), file, about, packCategory: daybreak.packCategory, expect };
}

export async function scenarioNames(): Promise<string[]> {
  return (await readdir(FOLDER)).map((file) => basename(file, '.yaml')).sort();
}
