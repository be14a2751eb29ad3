import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { topics, type DeliveryPlanned, type DeliveryStatusObserved } from '@daybreak/contracts';
import type { Database } from '@daybreak/database';
import type { Clock } from '@daybreak/kernel';
import {
  aConsentChanged,
  aDeliveryPlanned,
  aDeliveryStatusObserved,
  aRunChanged,
  aShardState,
  MORNING,
  startInTest,
  testPrivacy,
  testStack,
  type InTest,
  type TestStack,
} from '@daybreak/testing';
import { senderConfig } from '../src/sender.config.js';
import { SenderModule } from '../src/sender.module.js';
import { FakeMeta, IMAGE, IMAGE_SHA256, type AcceptedMessage } from './fake-meta.js';

export const PHONE_1 = '106540352242922';
export const PHONE_2 = '106540352242923';

/** `DAYBREAK_CLOCK`: the window of the morning opens in so many real ms, the clock running at this speed. */
export const clockSpec = (opensInMs: number, speed: number): string => {
  const nowMs = Date.now();
  return `${new Date(MORNING.opensMs - opensInMs * speed).toISOString()}@${speed}x@${nowMs}`;
};

export interface SenderWorld {
  readonly stack: TestStack;
  readonly meta: FakeMeta;
  readonly database: Database;
  /** Starts one more pod. It stops with the world at the latest. */
  pod(clock: string, env?: Readonly<Record<string, string>>): Promise<InTest>;
  /** Environment of a pod, for one that runs as a process of its own. */
  podEnv(clock: string, env?: Readonly<Record<string, string>>): Record<string, string>;
  /** Planned deliveries, due evenly over the first `overMs` of the window; of people who agreed, unless their consent is not to be known. */
  plan(
    count: number,
    overMs: number,
    over?: Parameters<typeof aDeliveryPlanned>[0],
    consent?: 'known' | 'unknown',
  ): Promise<DeliveryPlanned[]>;
  /** Deliveries by state. */
  states(): Promise<Record<string, number>>;
  stop(): Promise<void>;
}

export async function senderWorld(): Promise<SenderWorld> {
  const stack = await testStack({ services: ['sender'] });
  const meta = await FakeMeta.start();
  const database = stack.database('sender');
  const pods: InTest[] = [];
  let planned = 0;
  const podEnv = (clock: string, env: Readonly<Record<string, string>> = {}): Record<string, string> =>
    stack.env('sender', {
      DAYBREAK_CLOCK: clock,
      CLOUD_API_BASE_URL: meta.url,
      CLOUD_API_TOKEN: 'token',
      CLOUD_API_APP_ID: 'app',
      MEDIA_ORIGINS: meta.url,
      ...env,
    });
  return {
    stack,
    meta,
    database,
    podEnv,
    async pod(clock, env) {
      const pod = await startInTest(SenderModule, senderConfig, podEnv(clock, env), { group: 'sender' });
      pods.push(pod);
      return pod;
    },
    async plan(count, overMs, over = {}, consent = 'known') {
      const deliveries = Array.from({ length: count }, (_, i) =>
        aDeliveryPlanned({
          recipientId: `adv-${String(planned + i).padStart(5, '0')}`,
          dueAt: timestampFromMs(MORNING.opensMs + Math.floor((overMs * i) / count)),
          headerMedia: { sha256: IMAGE_SHA256, url: meta.assetUrl, mediaType: 'image/jpeg', sizeBytes: BigInt(IMAGE.length) },
          ...over,
        }),
      );
      planned += count;
      if (consent === 'known')
        await stack.publish(topics.consentChanged, ...deliveries.map(({ recipientId }) => aConsentChanged(recipientId)));
      await stack.publish(topics.runChanged, aRunChanged());
      await stack.publish(topics.deliveryPlanned, ...deliveries);
      return deliveries;
    },
    async states() {
      const rows = await database.query<{ state: string; n: number }>(
        'select state::text as state, count(*) as n from delivery group by state',
      );
      return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
    },
    async stop() {
      await Promise.all(pods.map((pod) => pod.stop()));
      await meta.stop();
      await stack.stop();
    },
  };
}

export const twoNumbers = () => [
  aShardState({ shardId: 'shard-1', phoneNumberId: PHONE_1 }),
  aShardState({ shardId: 'shard-2', phoneNumberId: PHONE_2 }),
];

/**
 * What ingest does: everything that Meta accepted is spoken of, half a second later, and now and then once more, as people read; except where
 * `unless` says that its webhooks were lost.
 */
export function relayWebhooks(
  world: SenderWorld,
  deliveries: readonly DeliveryPlanned[],
  clock: Clock,
  unless: (planned: DeliveryPlanned) => boolean = () => false,
): { stop(): void } {
  const byId = new Map(deliveries.map((planned) => [planned.deliveryId, planned]));
  let told = 0;
  let ticks = 0;
  const timer = setInterval(() => {
    const ready = world.meta.accepted.slice(told).filter((message) => Date.now() - message.atMs > 500);
    told += ready.length;
    const readNow = world.meta.accepted.slice(0, told)[ticks++ % told] ?? [];
    const statuses = [ready, readNow].flat().flatMap((message) => {
      const planned = byId.get(message.reference?.deliveryId ?? '');
      return planned && !unless(planned) ? [sentStatus(planned, message, clock.nowMs())] : [];
    });
    if (statuses.length > 0) void world.stack.publish(topics.deliveryStatusObserved, ...statuses);
  }, 200);
  return { stop: () => clearInterval(timer) };
}

/** Meta's `sent` for a message it accepted, as ingest publishes it at this instant of the run's clock. */
function sentStatus(planned: DeliveryPlanned, message: AcceptedMessage, nowMs: number): DeliveryStatusObserved {
  return aDeliveryStatusObserved(planned, {
    attempt: message.reference?.attempt ?? 0,
    epoch: BigInt(message.reference?.epoch ?? 0),
    wamidHash: testPrivacy.wamidKeys.keyOf(message.wamid),
    observedAt: timestampFromMs(Math.floor(nowMs)),
  });
}
