import { existsSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { reasonOf } from '@daybreak/kernel';
import { parse } from 'yaml';
import type { SimulatorConfig } from '../cloud-api-simulator.config.js';
import { simulatorSettings, type SimulatorSettings } from './settings.js';

type Tree = Record<string, unknown>;

/** Folder of this service, whether it runs from src or from dist. */
const SERVICE_FOLDER = resolve(import.meta.dirname, '../..');

/** Settings that cannot be used: names the file, the places and the reasons. */
export class SettingsError extends Error {
  constructor(source: string, problems: readonly string[]) {
    super(`${source} cannot be used:\n${problems.map((p) => `  ${p}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

/** The settings of this process: file, scenario over it, environment over both. Throws a SettingsError. */
export function loadSettings(config: Partial<SimulatorConfig>): SimulatorSettings {
  const file = config.SIM_CONFIG ?? resolve(SERVICE_FOLDER, 'config/default.yaml');
  const scenarioFile = config.SIM_SCENARIO === undefined ? undefined : scenarioPath(config.SIM_SCENARIO);
  const tree = layOver(readTree(file), scenarioFile === undefined ? {} : readTree(scenarioFile));
  const source = [file, scenarioFile].filter((f) => f !== undefined).join(' with ');
  return withEnvironment(parseSettings(tree, source), config);
}

/** `loadSettings`, or what is wrong on stderr and exit code 1. */
export function bootSettings(config: Partial<SimulatorConfig>): SimulatorSettings {
  try {
    return loadSettings(config);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

export function parseSettings(tree: unknown, source: string): SimulatorSettings {
  const parsed = simulatorSettings.safeParse(tree);
  if (!parsed.success)
    throw new SettingsError(
      source,
      parsed.error.issues.map((i) => `${i.path.join('.') || 'the file'}: ${i.message}`),
    );
  const problems = danglingReferences(parsed.data);
  if (problems.length > 0) throw new SettingsError(source, problems);
  return parsed.data;
}

/** `over` wins; objects are merged member by member, everything else, lists too, is replaced whole. */
export function layOver(base: unknown, over: unknown): unknown {
  if (!isTree(base) || !isTree(over)) return over === undefined ? base : over;
  return Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(over)])].map((key) => [key, key in over ? layOver(base[key], over[key]) : base[key]]),
  );
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

function scenarioPath(scenario: string): string {
  const path =
    basename(scenario) === scenario && !scenario.endsWith('.yaml')
      ? resolve(SERVICE_FOLDER, 'scenarios', `${scenario}.yaml`)
      : resolve(scenario);
  if (!existsSync(path)) throw new SettingsError(`scenario ${scenario}`, [`there is no file ${path}`]);
  return path;
}

function readTree(file: string): unknown {
  try {
    return (parse(readFileSync(file, 'utf8')) as unknown) ?? {};
  } catch (error) {
    throw new SettingsError(file, [reasonOf(error)]);
  }
}

/** Ids that name nothing, and ids that name two things: Graph ids are one space. */
function danglingReferences(s: SimulatorSettings): string[] {
  const apps = new Set(s.apps.map((a) => a.id));
  const portfolios = new Set(s.portfolios.map((p) => p.id));
  const wabas = new Set(s.wabas.map((w) => w.id));
  const all = [...s.apps, ...s.portfolios, ...s.wabas, ...s.numbers, ...s.templates.filter((t) => t.id !== undefined)].map(
    (o) => o.id as string,
  );
  return [
    ...s.tokens.flatMap((t, i) => (apps.has(t.appId) ? [] : [`tokens.${i}.appId: no such app`])),
    ...s.wabas.flatMap((w, i) => (portfolios.has(w.portfolioId) ? [] : [`wabas.${i}.portfolioId: no such portfolio`])),
    ...s.wabas.flatMap((w, i) => (w.subscribedAppIds.every((a) => apps.has(a)) ? [] : [`wabas.${i}.subscribedAppIds: no such app`])),
    ...s.numbers.flatMap((n, i) => (wabas.has(n.wabaId) ? [] : [`numbers.${i}.wabaId: no such WABA`])),
    ...s.templates.flatMap((t, i) => (wabas.has(t.wabaId) ? [] : [`templates.${i}.wabaId: no such WABA`])),
    ...all.filter((id, i) => all.indexOf(id) !== i).map((id) => `the id ${id} is used twice`),
  ];
}

function withEnvironment(settings: SimulatorSettings, config: Partial<SimulatorConfig>): SimulatorSettings {
  const [app, ...apps] = settings.apps as [SimulatorSettings['apps'][number]];
  const [token, ...tokens] = settings.tokens as [SimulatorSettings['tokens'][number]];
  return {
    ...settings,
    seed: config.SIM_SEED ?? settings.seed,
    apps: [
      {
        ...app,
        secret: config.SIM_APP_SECRET ?? app.secret,
        verifyToken: config.SIM_WEBHOOK_VERIFY_TOKEN ?? app.verifyToken,
        ...(config.SIM_WEBHOOK_URL === undefined ? {} : { callbackUrl: config.SIM_WEBHOOK_URL }),
      },
      ...apps,
    ],
    tokens: [{ ...token, token: config.SIM_ACCESS_TOKEN ?? token.token }, ...tokens],
  };
}
