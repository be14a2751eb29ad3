import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
import { testPrivacy } from '@daybreak/testing';
import { senderConfig } from './sender.config.js';

const env = {
  KAFKA_BROKERS: 'localhost:9092',
  DATABASE_URL: 'postgresql://sender@localhost/daybreak',
  REDIS_URL: 'redis://localhost',
  CLOUD_API_TOKEN: 'token',
  CLOUD_API_APP_ID: 'app',
  ...testPrivacy.env,
};

describe('the sender’s configuration', () => {
  it('is what the README says', () => {
    const shared = {
      ...commonConfig,
      ...kafkaConfig,
      ...databaseConfig,
      ...redisConfig,
      ...privacyConfig,
      ...cloudApiConfig,
      ...accessConfig,
    };
    const own = describeConfig(senderConfig).filter((row) => !(row.name in shared) || row.name === 'KAFKA_SESSION_TIMEOUT_MS');
    const rows = own.map((row) => `| \`${row.name}\` | ${row.default === '' ? '' : `\`${row.default}\``} | ${row.description} |`);

    expect(readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8')).toContain(rows.join('\n'));
  });

  it('takes origins, and nothing but their origin', () => {
    expect(loadConfig(senderConfig, { ...env, MEDIA_ORIGINS: 'https://cdn.example/packs, http://127.0.0.1:8080' }).MEDIA_ORIGINS).toEqual([
      'https://cdn.example',
      'http://127.0.0.1:8080',
    ]);
    expect(() => loadConfig(senderConfig, { ...env, MEDIA_ORIGINS: 'cdn.example' })).toThrow('MEDIA_ORIGINS');
  });
});
