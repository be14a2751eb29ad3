import { describe, expect, it } from '@jest/globals';
import { redisAddressOf } from './redis-address.js';

const absent = { REDIS_PORT: 6379, REDIS_DB: 0 };

describe(redisAddressOf.name, () => {
  it.each([
    ['a plain URL', { ...absent, REDIS_URL: 'redis://cache:6380/2' }, { host: 'cache', port: 6380, db: 2 }],
    [
      'an escaped password and TLS',
      { ...absent, REDIS_URL: 'rediss://app:p%40ss@cache' },
      { host: 'cache', port: 6379, db: 0, username: 'app', password: 'p@ss', tls: {} },
    ],
    ['an IPv6 address', { ...absent, REDIS_URL: 'redis://[::1]:7000' }, { host: '::1', port: 7000, db: 0 }],
    [
      'host and port',
      { REDIS_HOST: 'cache', REDIS_PORT: 6380, REDIS_DB: 3, REDIS_PASSWORD: 'pw' },
      { host: 'cache', port: 6380, db: 3, password: 'pw' },
    ],
    [
      'TLS with an authority of its own',
      { ...absent, REDIS_URL: 'rediss://cache', REDIS_TLS: false, REDIS_CA: 'PEM' },
      { host: 'cache', port: 6379, db: 0, tls: { ca: 'PEM' } },
    ],
    ['TLS without a URL', { ...absent, REDIS_HOST: 'cache', REDIS_TLS: true }, { host: 'cache', port: 6379, db: 0, tls: {} }],
    ['the URL where both are given', { ...absent, REDIS_URL: 'redis://one', REDIS_HOST: 'two' }, { host: 'one', port: 6379, db: 0 }],
  ])('reads %s', (_, config, address) => {
    expect(redisAddressOf(config)).toEqual(address);
  });
});
