import { newLocalToken } from '@daybreak/access';
import type { ConsentState } from '@daybreak/contracts';
import { topics, type RecipientUpserted } from '@daybreak/contracts';
import type { Database } from '@daybreak/database';
import {
  aConsentChanged,
  aRecipientUpserted,
  aShardState,
  aTemplateState,
  aWabaState,
  startInTest,
  testStack,
  type InTest,
  type TestStack,
} from '@daybreak/testing';
import { CONSUMER_GROUP, schedulerConfig } from '../src/scheduler.config.js';
import { SchedulerModule } from '../src/scheduler.module.js';

/** A short morning at ten times the speed: freeze at 05:58:40, window 05:59:30 to 06:00:30. */
export const SHORT_MORNING = {
  FREEZE_AT: '05:58:40',
  STAGED_BY: '05:59:10',
  WINDOW_OPENS: '05:59:30',
  WINDOW_CLOSES: '06:00:30',
  RETRY_RESERVE_SECONDS: '20',
  SLA_DEADLINE: '06:01:00',
  LIVE_SEAL_AT: '06:01:30',
  RUN_DAYS: '1',
} as const;

export const RUN_ID = 'main-20261122-0600';

/** `DAYBREAK_CLOCK`: it is this local time of the morning now, ten times as fast. */
export const clockAt = (localTime: string, speed = 10): string => `2026-11-22T${localTime}+05:30@${speed}x@${Date.now()}`;

const viewer = newLocalToken('reader', ['viewer']);

/** Asks a replica as somebody who may read. */
export const ask = (url: string): Promise<Response> => fetch(url, { headers: { authorization: `Bearer ${viewer.token}` } });

export interface SchedulerWorld {
  readonly stack: TestStack;
  readonly database: Database;
  /** Starts one more replica. It stops with the world at the latest. */
  replica(clock: string, env?: Readonly<Record<string, string>>): Promise<InTest>;
  stop(): Promise<void>;
}

/** Real stores with a healthy platform: two numbers, an active and a standby template in English and Hindi. */
export async function schedulerWorld(): Promise<SchedulerWorld> {
  const stack = await testStack({ services: ['scheduler'] });
  await stack.publish(topics.wabaState, aWabaState());
  await stack.publish(
    topics.shardState,
    aShardState({ shardId: 'shard-1' }),
    aShardState({ shardId: 'shard-2', phoneNumberId: '106540352242923' }),
  );
  for (const language of ['en', 'hi']) {
    const standby = aTemplateState({ language, templateVersion: 'v2', name: 'daily_pack_v2', role: 2 });
    await stack.publish(topics.templateState, aTemplateState({ language }), standby);
  }
  const replicas: InTest[] = [];
  return {
    stack,
    database: stack.database('scheduler'),
    async replica(clock, env = {}) {
      const running = await startInTest(
        SchedulerModule,
        schedulerConfig,
        stack.env('scheduler', { ...SHORT_MORNING, DAYBREAK_CLOCK: clock, ACCESS_TOKENS: viewer.entry, ...env }),
        {
          group: CONSUMER_GROUP,
        },
      );
      replicas.push(running);
      return running;
    },
    async stop() {
      for (const replica of replicas) await replica.stop();
      await stack.stop();
    },
  };
}

export type RecipientOver = Parameters<typeof aRecipientUpserted>[0];

/** Advisors with consent to content, published as the back office and ingest would. */
export async function publishAdvisors(
  stack: TestStack,
  overs: readonly RecipientOver[],
  state?: ConsentState,
): Promise<RecipientUpserted[]> {
  const advisors = overs.map((over, i) => aRecipientUpserted({ recipientId: `adv-${String(i).padStart(4, '0')}`, ...over }));
  await stack.publish(topics.recipientUpserted, ...advisors);
  const consents = advisors.map((a) =>
    aConsentChanged(a.recipientId, state === undefined ? {} : { purposes: [{ purpose: 'content', state }] }),
  );
  await stack.publish(topics.consentChanged, ...consents);
  return advisors;
}
