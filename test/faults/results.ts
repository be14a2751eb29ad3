import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import chalk from 'chalk';
import type { Outcome } from './run-scenario.js';

const HEADINGS = ['scenario', 'seed', 'really happened', 'invariants', 'sent on time', 'POSTs', 'ambiguous', 'took'] as const;

/** The table at the end, for people. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(rowOf);
  const widths = HEADINGS.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const colour = { passed: chalk.green, failed: chalk.red, skipped: chalk.yellow };
  return [
    line(HEADINGS),
    ...outcomes.flatMap((outcome, i) => [
      colour[outcome.verdict](line(rows[i] ?? [])),
      ...detailsOf(outcome).map((detail) => `    ${detail}`),
    ]),
  ].join('\n');
}

/** The same for programs and for docs: `results.json`. */
export async function writeResults(outcomes: readonly Outcome[], folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'results.json');
  await writeFile(file, `${JSON.stringify(outcomes, null, 2)}\n`);
  return file;
}

function rowOf(outcome: Outcome): string[] {
  const checked = Object.values(outcome.broken);
  const holding = checked.filter((found) => found.length === 0).length;
  return [
    `${outcome.id} ${outcome.title}`,
    String(outcome.seed),
    outcome.verdict === 'skipped' ? 'skipped' : `${outcome.bites.filter((bite) => bite.really).length}/${outcome.bites.length}`,
    checked.length === 0 ? '–' : `${holding}/${checked.length}`,
    outcome.sentOnTime === undefined ? '–' : `${outcome.sentOnTime.count}/${outcome.sentOnTime.of}`,
    String(outcome.posts),
    String(outcome.ambiguous),
    `${outcome.tookS} s`,
  ];
}

function detailsOf(outcome: Outcome): string[] {
  return [
    ...outcome.bites.map((bite) => `${bite.really ? '·' : '✗'} ${bite.what}`),
    ...outcome.notes.map((note) => `· ${note}`),
    ...Object.entries(outcome.broken).flatMap(([id, found]) => (found ?? []).map((text) => chalk.red(`✗ ${id}: ${text}`))),
    ...outcome.reasons.map((reason) => (outcome.verdict === 'skipped' ? chalk.yellow(`– ${reason}`) : chalk.red(`✗ ${reason}`))),
    ...(outcome.verdict === 'failed'
      ? [`again: SEED=${outcome.seed} make faults ${outcome.id === 'RANDOM' ? 'RANDOM=1' : `ONLY=${outcome.id}`}`]
      : []),
  ];
}
