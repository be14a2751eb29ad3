import { CLOCK } from '@daybreak/config';
import { Database } from '@daybreak/database';
import { JobQueues, shardQueueName, type QueueCounts, type RedisHealth } from '@daybreak/job-queue';
import { reasonOf } from '@daybreak/kernel';
import type { Clock } from '@daybreak/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { ReadStatus, type SenderStatus, type ShardStatus } from '../shard/shard-status.js';
import type { Breaker } from '../states/breakers.js';
import { KnownStates } from '../states/known-states.js';
import { DeliveryRepository } from '../store/delivery.repository.js';
import { LookRepository } from '../store/look.repository.js';

export interface SurveyedShard extends ShardStatus {
  /** Deliveries whose instant has come and that nobody has claimed. */
  readonly due: number;
  /** What stands still of this number, its account or its token. */
  readonly breakers: readonly Breaker[];
}

export interface Survey extends Omit<SenderStatus, 'shards' | 'timedBreakers'> {
  readonly shards: readonly SurveyedShard[];
  /** All of them, also of templates, assets and runs. */
  readonly breakers: readonly Breaker[];
}

export interface QueueSurvey {
  readonly queues: readonly ({ readonly shardId: string } & QueueCounts)[];
  /** A text says why Redis could not be asked. */
  readonly redis: RedisHealth | string;
}

/** Everything an operator looks at, from the stores: any pod says the same of all shards. */
@Injectable()
export class SurveyShards {
  constructor(
    private readonly database: Database,
    private readonly status: ReadStatus,
    private readonly deliveries: DeliveryRepository,
    private readonly look: LookRepository,
    private readonly states: KnownStates,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async all(): Promise<Survey> {
    const nowMs = this.clock.nowMs();
    const run = this.states.currentRun(nowMs);
    const [{ timedBreakers, ...status }, stored] = await Promise.all([this.status.read(), this.look.breakers()]);
    const breakers = [...stored, ...timedBreakers];
    const shards = await Promise.all(
      status.shards.map(async (one) => ({
        ...one,
        due: run ? await this.deliveries.countDue(this.database, run, one.shard.shardId, nowMs) : 0,
        breakers: breakers.filter(({ scope, key }) => concerns(scope, key, one)),
      })),
    );
    return { ...status, shards, breakers };
  }

  async one(shardId: string): Promise<SurveyedShard | undefined> {
    return (await this.all()).shards.find(({ shard }) => shard.shardId === shardId);
  }
}

/** The queues, which only wake, and the Redis under them. */
@Injectable()
export class SurveyQueues {
  constructor(
    private readonly queues: JobQueues,
    private readonly states: KnownStates,
  ) {}

  async all(): Promise<QueueSurvey> {
    try {
      const redis = await this.queues.health();
      const counts = await Promise.all(
        this.states.shards.map(async ({ shardId }) => ({ shardId, ...(await this.queues.counts('slice', shardQueueName(shardId))) })),
      );
      return { queues: counts, redis };
    } catch (error) {
      return { queues: [], redis: reasonOf(error) };
    }
  }
}

const concerns = (scope: Breaker['scope'], key: string, { shard }: ShardStatus): boolean =>
  scope === 'token' || (scope === 'shard' && key === shard.phoneNumberId) || (scope === 'account' && key === shard.wabaId);
