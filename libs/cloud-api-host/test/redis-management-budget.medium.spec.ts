import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { manualClock, type ManualClock } from '@daybreak/kernel';
import { createLogger } from '@daybreak/observability';
import { Redis } from 'ioredis';
import { RedisManagementBudget } from '../src/redis-management-budget.js';

const REDIS_URL = process.env['TEST_REDIS_URL'] ?? '';
const WABA = '200000000000001';
const MINUTE_MS = 60_000;
const NOTHING = { accountId: WABA, type: 'whatsapp', callCount: 0, totalTime: 0, totalCpuTime: 0, regainAccessInMs: 0 };

describe(RedisManagementBudget.name, () => {
  let clock: ManualClock;
  let prefix: string;
  let connections: Redis[];

  beforeEach(() => {
    clock = manualClock(Date.parse('2026-11-23T05:00:00+05:30'));
    prefix = `t${randomBytes(5).toString('hex')}`;
    connections = [];
  });
  afterEach(() => connections.forEach((redis) => redis.disconnect()));

  /** One process; every process has a connection of its own. */
  const aProcess = (callsPerHour: number, url = REDIS_URL): RedisManagementBudget => {
    const redis = new Redis(url, { maxRetriesPerRequest: 0, enableOfflineQueue: url === REDIS_URL });
    connections.push(redis);
    return new RedisManagementBudget(() => redis, prefix, callsPerHour, clock, createLogger('test', { level: 'fatal', format: 'json' }));
  };

  it('is one budget for all processes, in any rolling hour', async () => {
    const [one, other] = [aProcess(4), aProcess(4)];
    await one.take(WABA);
    clock.advance(30 * MINUTE_MS);
    for (const budget of [other, one, other]) expect(await budget.take(WABA)).toEqual({ granted: true });

    expect(await one.take(WABA)).toEqual({ granted: false, retryAfterMs: 30 * MINUTE_MS });
    expect(await other.take('200000000000002')).toEqual({ granted: true });

    clock.advance(30 * MINUTE_MS);
    expect(await other.take(WABA)).toEqual({ granted: true });
    expect(await one.take(WABA)).toEqual({ granted: false, retryAfterMs: 30 * MINUTE_MS });
  });

  it('never grants more than there is, however many ask at once', async () => {
    const processes = [aProcess(50), aProcess(50), aProcess(50)];

    const grants = await Promise.all(processes.flatMap((one) => Array.from({ length: 40 }, () => one.take(WABA))));

    expect(grants.filter((grant) => grant.granted)).toHaveLength(50);
  });

  it('lets nobody through while Meta lets nobody through', async () => {
    const [one, other] = [aProcess(200), aProcess(200)];

    await one.observe({ ...NOTHING, regainAccessInMs: 7 * MINUTE_MS });

    expect(await other.take(WABA)).toEqual({ granted: false, retryAfterMs: 7 * MINUTE_MS });
    clock.advance(7 * MINUTE_MS);
    expect(await other.take(WABA)).toEqual({ granted: true });
  });

  it('believes Meta’s count where it is higher than ours, for a while', async () => {
    const [one, other] = [aProcess(200), aProcess(200)];

    await one.observe({ ...NOTHING, callCount: 99 }); // 198 of 200: somebody else spends, too
    clock.advance(MINUTE_MS);

    expect(await other.take(WABA)).toEqual({ granted: true });
    expect(await one.take(WABA)).toEqual({ granted: true });
    expect(await other.take(WABA)).toEqual({ granted: false, retryAfterMs: 9 * MINUTE_MS });
    clock.advance(9 * MINUTE_MS);
    expect(await one.take(WABA)).toEqual({ granted: true });
  });

  it('takes no notice of what is counted of sends', async () => {
    const one = aProcess(200);

    await one.observe({ ...NOTHING, type: 'whatsapp_business_messaging', callCount: 100, regainAccessInMs: MINUTE_MS });

    expect(await one.take(WABA)).toEqual({ granted: true });
  });

  it('counts alone while Redis is away', async () => {
    const one = aProcess(2, 'redis://127.0.0.1:1');

    expect([await one.take(WABA), await one.take(WABA)]).toEqual([{ granted: true }, { granted: true }]);
    expect(await one.take(WABA)).toMatchObject({ granted: false });
  });
});
