import { describe, expect, it } from '@jest/globals';
import { describeConfig } from '@daybreak/config';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { simulatorConfig } from '../src/cloud-api-simulator.config.js';

const folder = resolve(import.meta.dirname, '..');
const readme = readFileSync(resolve(folder, 'README.md'), 'utf8');

describe('README.md', () => {
  it('lists every variable with its default and what it is for', () => {
    const rows = describeConfig(simulatorConfig).map(
      (r) => `| \`${r.name}\` | ${r.default === '' ? '' : `\`${r.default}\``} | ${r.description} |`,
    );

    expect(rows.filter((row) => !readme.includes(row))).toEqual([]);
  });

  it('lists every scenario', () => {
    const names = readdirSync(resolve(folder, 'scenarios')).map((file) => file.replace('.yaml', ''));

    expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});
