/** Where Redis is, in the words ioredis understands. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly db: number;
  readonly tls?: { readonly ca?: string };
}

/** What `redisConfig` parses to. */
export interface RedisConfig {
  readonly REDIS_URL?: string | undefined;
  readonly REDIS_HOST?: string | undefined;
  readonly REDIS_PORT: number;
  readonly REDIS_PASSWORD?: string | undefined;
  readonly REDIS_DB: number;
  readonly REDIS_TLS?: boolean;
  readonly REDIS_CA?: string | undefined;
  readonly REDIS_CLUSTER?: boolean;
}

/** One address from either form. REDIS_URL wins; `rediss:` speaks TLS. */
export function redisAddressOf(config: RedisConfig): RedisAddress {
  if (config.REDIS_URL === undefined) {
    return {
      host: config.REDIS_HOST ?? '127.0.0.1',
      port: config.REDIS_PORT,
      db: config.REDIS_DB,
      ...(config.REDIS_PASSWORD === undefined ? {} : { password: config.REDIS_PASSWORD }),
      ...tlsOf(config.REDIS_TLS === true, config),
    };
  }
  const url = new URL(config.REDIS_URL);
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'), // an IPv6 literal without its brackets
    port: Number(url.port || 6379),
    db: Number(url.pathname.slice(1) || 0),
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...tlsOf(url.protocol === 'rediss:', config),
  };
}

const tlsOf = (speaksTls: boolean, { REDIS_CA }: RedisConfig): Pick<RedisAddress, 'tls'> =>
  speaksTls ? { tls: REDIS_CA === undefined ? {} : { ca: REDIS_CA } } : {};
