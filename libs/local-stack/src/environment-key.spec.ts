import { describe, expect, it } from '@jest/globals';
import { addressesFrom, openFromEnvironment } from './environment-key.js';

describe(addressesFrom.name, () => {
  it.each([
    ['nothing', {}, {}],
    ['empty variables count as absent', { DATABASE_URL: '', REDIS_URL: '', REDIS_HOST: '', KAFKA_BROKERS: '' }, {}],
    ['a database alone', { DATABASE_URL: 'postgresql://a@h/d' }, { postgres: 'postgresql://a@h/d' }],
    ['brokers as they are', { KAFKA_BROKERS: 'a:1,b:2' }, { kafka: 'a:1,b:2' }],
    ['REDIS_URL wins over REDIS_HOST', { REDIS_URL: 'redis://u', REDIS_HOST: 'h' }, { redis: 'redis://u' }],
    ['a host alone is on the usual port', { REDIS_HOST: 'cache' }, { redis: 'redis://cache:6379/0' }],
    [
      'host, port, password and database',
      { REDIS_HOST: '10.0.0.7', REDIS_PORT: '6380', REDIS_PASSWORD: 'p@ss/word', REDIS_DB: '3' },
      { redis: 'redis://:p%40ss%2Fword@10.0.0.7:6380/3' },
    ],
    ['an IPv6 host', { REDIS_HOST: '::1' }, { redis: 'redis://[::1]:6379/0' }],
    ['a port without a host names no Redis', { REDIS_PORT: '6380' }, {}],
  ])('%s', (_, env, expected) => {
    expect(addressesFrom(env)).toEqual(expected);
  });
});

describe(openFromEnvironment.name, () => {
  it('says which variable leads nowhere, without printing the password in it', async () => {
    const url = 'postgresql://admin:hunter2@127.0.0.1:9/daybreak'; // the discard port: nobody listens

    const opened = openFromEnvironment('postgres', url, AbortSignal.timeout(500));

    await expect(opened).rejects.toThrow(/^DATABASE_URL is set, but nothing answers there: .*ECONNREFUSED/);
    await expect(opened).rejects.not.toThrow(/hunter2/);
  });
});
