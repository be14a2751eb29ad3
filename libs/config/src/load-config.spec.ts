import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { clockOf } from './config.module.js';
import { describeConfig } from './describe-config.js';
import { accessConfig, cloudApiConfig, commonConfig, databaseConfig, kafkaConfig, privacyConfig, redisConfig } from './fragments.js';
import { ConfigError, loadConfig } from './load-config.js';

const key = (fill: number): string => Buffer.alloc(32, fill).toString('base64');

function problemsOf(schema: z.ZodObject, env: NodeJS.ProcessEnv): string[] {
  try {
    loadConfig(schema, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((p) => `${p.name}: ${p.reason}`);
    throw error;
  }
}

describe(loadConfig.name, () => {
  it('names every missing variable at once', () => {
    const schema = z.object({ ...databaseConfig, ...redisConfig, ...cloudApiConfig, ...kafkaConfig });

    const problems = problemsOf(schema, {});

    expect(problems).toEqual([
      'DATABASE_URL: is required',
      'CLOUD_API_TOKEN: is required',
      'CLOUD_API_APP_ID: is required',
      'KAFKA_BROKERS: is required',
      'REDIS_URL: is required (or REDIS_HOST)',
    ]);
  });

  it('never repeats a value', () => {
    const secret = 'hunter2-very-secret';
    const schema = z.object({ ...commonConfig, ...kafkaConfig, ...databaseConfig, ...redisConfig, ...privacyConfig, ...cloudApiConfig });
    const env = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, secret]));

    const problems = problemsOf(schema, env);

    expect(problems.length).toBeGreaterThan(10);
    expect(problems.join('\n')).not.toContain('hunter2');
  });

  it('takes an empty variable for an absent one', () => {
    expect(loadConfig(z.object(commonConfig), { LOG_LEVEL: '', NAMESPACE: '' })).toMatchObject({ LOG_LEVEL: 'info', NAMESPACE: '' });
  });

  it('asks for both halves of the SASL credentials', () => {
    expect(problemsOf(z.object(kafkaConfig), { KAFKA_BROKERS: 'a:9092', KAFKA_SASL_MECHANISM: 'plain' })).toEqual([
      'KAFKA_SASL_USERNAME: is required with KAFKA_SASL_MECHANISM',
      'KAFKA_SASL_PASSWORD: is required with KAFKA_SASL_MECHANISM',
    ]);
  });

  it('reads brokers, keys and flags into what the code works with', () => {
    const config = loadConfig(z.object({ ...kafkaConfig, ...privacyConfig }), {
      KAFKA_BROKERS: 'a:9092, b:9093',
      KAFKA_SSL: 'true',
      ADDRESS_KEYS: `k2:${key(2)},k1:${key(1)}`,
      ADDRESS_PEPPER: key(9),
    });

    expect(config.KAFKA_BROKERS).toEqual(['a:9092', 'b:9093']);
    expect(config.KAFKA_SSL).toBe(true);
    expect(config.ADDRESS_KEYS).toEqual([
      { keyId: 'k2', key: new Uint8Array(32).fill(2) },
      { keyId: 'k1', key: new Uint8Array(32).fill(1) },
    ]);
    expect(config.ADDRESS_PEPPER).toHaveLength(32);
  });

  it.each([
    ['a key that is too short', `k1:${Buffer.alloc(16).toString('base64')}`],
    ['a key that is not base64', 'k1:not base64 at all'],
    ['a key without an id', key(1)],
    ['the same key id twice', `k1:${key(1)},k1:${key(2)}`],
  ])('refuses %s', (_, keys) => {
    expect(problemsOf(z.object(privacyConfig), { ADDRESS_KEYS: keys, ADDRESS_PEPPER: key(9) })).toEqual([
      expect.stringMatching(/^ADDRESS_KEYS: /),
    ]);
  });

  it('reads who may sign in without a provider', () => {
    const digest = 'ab'.repeat(32);

    const { ACCESS_TOKENS } = loadConfig(z.object(accessConfig), { ACCESS_TOKENS: `ops:operator+viewer:${digest}, wall:viewer:${digest}` });

    expect(ACCESS_TOKENS.map(({ subject, roles }) => [subject, ...roles])).toEqual([
      ['ops', 'operator', 'viewer'],
      ['wall', 'viewer'],
    ]);
    expect(ACCESS_TOKENS[0]?.sha256).toEqual(new Uint8Array(32).fill(0xab));
  });

  it.each([
    ['a role that does not exist', `ops:admin:${'ab'.repeat(32)}`],
    ['a token instead of its hash', 'ops:operator:dbk_secret'],
    ['nobody', `:operator:${'ab'.repeat(32)}`],
  ])('refuses an access token entry with %s, without repeating it', (_, entry) => {
    expect(problemsOf(z.object(accessConfig), { ACCESS_TOKENS: entry })).toEqual([
      'ACCESS_TOKENS: entry 1 must be <subject>:<role>+<role>:<64 hex digits>, roles of viewer, operator, approver, dpo',
    ]);
  });

  it('asks whom the tokens of a provider must be meant for', () => {
    expect(problemsOf(z.object(accessConfig), { ACCESS_OIDC_ISSUER: 'https://id.example' })).toEqual([
      'ACCESS_OIDC_AUDIENCE: is required with ACCESS_OIDC_ISSUER',
    ]);
  });

  it('says what is wrong with a clock', () => {
    expect(problemsOf(z.object(commonConfig), { DAYBREAK_CLOCK: '2026-11-22T05:58:30@10x@1795300000000' })).toEqual([
      'DAYBREAK_CLOCK: the virtual instant needs an offset, e.g. +05:30',
    ]);
  });
});

describe(clockOf.name, () => {
  it('runs at the configured speed', () => {
    const config = loadConfig(z.object(commonConfig), { DAYBREAK_CLOCK: '2026-11-22T05:58:30+05:30@10x@1795300000000' });

    expect(clockOf(config).speed).toBe(10);
  });
});

describe(describeConfig.name, () => {
  it('says what is required, what a variable means and its default', () => {
    const rows = describeConfig(z.object({ ...databaseConfig, ...kafkaConfig }));

    expect(rows).toContainEqual({
      name: 'DATABASE_POOL_SIZE',
      required: false,
      default: '10',
      description: 'Most connections of one process.',
    });
    expect(rows.find((row) => row.name === 'DATABASE_URL')).toMatchObject({ required: true, default: '' });
    expect(rows.every((row) => row.description !== '')).toBe(true);
  });
});
