import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  accessConfig,
  cloudApiConfig,
  commonConfig,
  databaseConfig,
  describeConfig,
  kafkaConfig,
  loadConfig,
  privacyConfig,
  redisConfig,
} from '@daybreak/config';
import { ingestConfig } from './ingest.config.js';

const shared = { ...commonConfig, ...kafkaConfig, ...databaseConfig, ...redisConfig, ...privacyConfig, ...cloudApiConfig, ...accessConfig };
const own = describeConfig(ingestConfig).filter((row) => !(row.name in shared));
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

describe('ingestConfig', () => {
  it.each(own.map((row) => [row.name, row] as const))('%s is in the README as the schema has it', (_, row) => {
    expect(readme).toContain(`| \`${row.name}\` | ${row.default === '' ? '' : `\`${row.default}\` `}| ${row.description} |`);
  });

  it('takes two app secrets, for a rotation, and no third', () => {
    const secretsOf = (text: string) =>
      loadConfig(ingestConfig.pick({ WEBHOOK_APP_SECRETS: true }), { WEBHOOK_APP_SECRETS: text }).WEBHOOK_APP_SECRETS;

    expect(secretsOf('new, old')).toEqual(['new', 'old']);
    expect(() => secretsOf('a,b,c')).toThrow('WEBHOOK_APP_SECRETS: at most two');
  });
});
