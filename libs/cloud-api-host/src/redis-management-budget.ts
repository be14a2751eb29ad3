import { randomUUID } from 'node:crypto';
import { isOfSends, LocalManagementBudget, type BudgetGrant, type BusinessUseCaseUsage, type ManagementBudget } from '@daybreak/cloud-api';
import type { Clock } from '@daybreak/kernel';
import type { Logger } from '@daybreak/observability';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Cluster, Redis } from 'ioredis';

const HOUR_MS = 3_600_000;
/** Meta's count is believed for so long; then one call may find out the next one. */
const COUNT_LIVES_MS = 10 * 60_000;
/** Redis may forget a WABA nobody asked about for so long. Real time, whatever clock the run is on. */
const FORGET_AFTER_MS = 2 * HOUR_MS;

/*
 * Keys: calls (sorted set, a member per call, scored by its instant), closed (instant until which Meta lets nobody through), counted
 * (hash: what Meta had counted, and when). Instants are the caller's, epoch ms: replicas share the run's clock. Returns 0 or the wait in ms.
 */
const TAKE = `
local now, hour, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local lives, keep, member = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
local closed = tonumber(redis.call('get', KEYS[2]) or '0') - now
if closed > 0 then return math.ceil(closed) end
redis.call('zremrangebyscore', KEYS[1], '-inf', now - hour)
local counted = redis.call('hmget', KEYS[3], 'used', 'at')
local at = tonumber(counted[2] or '-inf') or -math.huge
if counted[1] and now - at < lives then
  local since = redis.call('zcount', KEYS[1], '(' .. counted[2], '+inf')
  if tonumber(counted[1]) + since >= limit then return math.ceil(at + lives - now) end
end
if redis.call('zcard', KEYS[1]) >= limit then
  local oldest = redis.call('zrange', KEYS[1], 0, 0, 'withscores')
  return math.max(1, math.ceil(tonumber(oldest[2]) + hour - now))
end
redis.call('zadd', KEYS[1], now, member)
redis.call('pexpire', KEYS[1], keep)
return 0
`;

/**
 * The hourly budget of management calls that all replicas of all services share, because Meta counts by app and WABA. A rolling hour;
 * Meta's own count, where an answer carries it, corrects ours, for others may spend from the same budget. While Redis is away every
 * process counts for itself: the last word is Meta's anyway.
 */
export class RedisManagementBudget implements ManagementBudget, OnApplicationShutdown {
  private connection: Redis | Cluster | undefined;
  private readonly alone: LocalManagementBudget;
  private isAway = false;

  constructor(
    /** Called with the first management call, which a sender never makes. */
    private readonly connect: () => Redis | Cluster,
    private readonly prefix: string,
    private readonly callsPerHour: number,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    this.alone = new LocalManagementBudget(clock, callsPerHour);
  }

  async take(wabaId: string): Promise<BudgetGrant> {
    const { calls, closed, counted } = this.keysOf(wabaId);
    const limits = [this.clock.nowMs(), HOUR_MS, this.callsPerHour, COUNT_LIVES_MS, FORGET_AFTER_MS];
    return this.shared(
      async () => {
        const waitMs = Number(await this.redis().eval(TAKE, 3, calls, closed, counted, ...limits, randomUUID()));
        return waitMs === 0 ? { granted: true } : { granted: false, retryAfterMs: waitMs };
      },
      () => this.alone.take(wabaId),
    );
  }

  async observe(usage: BusinessUseCaseUsage): Promise<void> {
    if (isOfSends(usage)) return;
    const nowMs = this.clock.nowMs();
    const { closed, counted } = this.keysOf(usage.accountId);
    const used = Math.floor((usage.callCount / 100) * this.callsPerHour);
    await this.shared(
      async () => {
        const both = this.redis().multi().hset(counted, { used, at: nowMs }).pexpire(counted, FORGET_AFTER_MS);
        if (usage.regainAccessInMs > 0) both.set(closed, nowMs + usage.regainAccessInMs, 'PX', FORGET_AFTER_MS);
        await both.exec();
      },
      () => this.alone.observe(usage),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    this.connection?.disconnect();
  }

  private redis(): Redis | Cluster {
    if (this.connection === undefined) {
      this.connection = this.connect();
      this.connection.on('error', () => undefined); // whoever asks is told, by a command that fails
    }
    return this.connection;
  }

  /** The braces keep a WABA's keys in one slot of a cluster. */
  private keysOf(wabaId: string): { calls: string; closed: string; counted: string } {
    const base = `{${this.prefix}.management-budget.${wabaId}}`;
    return { calls: `${base}:calls`, closed: `${base}:closed`, counted: `${base}:counted` };
  }

  private async shared<T>(ask: () => Promise<T>, alone: () => Promise<T>): Promise<T> {
    try {
      const answer = await ask();
      this.isAway = false;
      return answer;
    } catch (error) {
      if (!this.isAway) this.logger.warn({ err: error }, 'the shared management budget is away; this process counts for itself');
      this.isAway = true;
      return alone();
    }
  }
}
