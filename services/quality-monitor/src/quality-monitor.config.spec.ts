import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { cloudApiConfig, commonConfig, databaseConfig, describeConfig, kafkaConfig, privacyConfig, redisConfig } from '@daybreak/config';
import { qualityMonitorConfig } from './quality-monitor.config.js';

const shared = { ...commonConfig, ...kafkaConfig, ...databaseConfig, ...redisConfig, ...privacyConfig, ...cloudApiConfig };
const own = describeConfig(qualityMonitorConfig).filter((row) => !(row.name in shared));
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

describe('qualityMonitorConfig', () => {
  it.each(own.map((row) => [row.name, row] as const))('%s is in the README as the schema has it', (_, row) => {
    expect(readme).toContain(`| \`${row.name}\` | ${row.default === '' ? '' : `\`${row.default}\` `}| ${row.description} |`);
  });
});
