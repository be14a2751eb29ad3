import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { accessConfig, commonConfig, databaseConfig, describeConfig, kafkaConfig, privacyConfig } from '@daybreak/config';
import { aConfig } from '../test/plan.factory.js';
import { schedulerConfig } from './scheduler.config.js';

const shared = { ...commonConfig, ...kafkaConfig, ...databaseConfig, ...privacyConfig, ...accessConfig };
const own = describeConfig(schedulerConfig).filter((row) => !(row.name in shared));
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

describe('schedulerConfig', () => {
  it.each(own.map((row) => [row.name, row] as const))('%s is in the README as the schema has it', (_, row) => {
    expect(readme).toContain(`| \`${row.name}\` | ${row.default === '' ? '' : `\`${row.default}\` `}| ${row.description} |`);
  });

  it('has the usual morning as its default', () => {
    expect(aConfig()).toMatchObject({
      TENANT_ID: 'main',
      LANGUAGES: ['en', 'hi', 'mr'],
      FREEZE_AT: '05:45',
      WINDOW_OPENS: '05:59:30',
      SLA_OBJECTIVE: 0.99,
    });
  });

  it.each([
    ['FREEZE_AT', { FREEZE_AT: '5:45' }, 'FREEZE_AT: must be a local time HH:mm or HH:mm:ss'],
    ['STAGED_BY before FREEZE_AT', { STAGED_BY: '05:40' }, 'STAGED_BY: must not come before FREEZE_AT'],
    ['a window that closes before it opens', { WINDOW_CLOSES: '05:59:00' }, 'RETRY_RESERVE_SECONDS: must not come before WINDOW_OPENS'],
    ['a zone that does not exist', { TIME_ZONE: 'Asia/Atlantis' }, 'TIME_ZONE: not an IANA time zone'],
    ['SPREAD', { SPREAD: 'wide' }, 'SPREAD: must look like window, duration:120s or stagger:20ms'],
    ['LANGUAGES', { LANGUAGES: 'en,hindi language' }, 'LANGUAGES: must be language codes, separated by commas'],
  ])('names %s', (_, env, message) => {
    expect(() => aConfig(env)).toThrow(message);
  });
});
