import { readFile } from 'node:fs/promises';
import { accessConfig, commonConfig, databaseConfig, describeConfig, kafkaConfig } from '@daybreak/config';
import { describe, expect, it } from '@jest/globals';
import { slaTrackerConfig } from './sla-tracker.config.js';

const shared = { ...commonConfig, ...kafkaConfig, ...databaseConfig, ...accessConfig };

describe('the configuration of the sla-tracker', () => {
  it('is described in the README', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const own = describeConfig(slaTrackerConfig).filter((row) => !(row.name in shared));

    expect(own.length).toBeGreaterThan(0);
    for (const row of own) expect(readme).toContain(`| \`${row.name}\` | \`${row.default}\` | ${row.description} |`);
  });
});
