import { setTimeout as sleep } from 'node:timers/promises';
import { topics } from '@daybreak/contracts';
import { Kafka, logLevel, type Admin, type IHeaders } from 'kafkajs';
import { RUN_ID } from '../morning/run-plan.js';
import type { FaultContext } from './context.js';
import { flood, inboundWebhook, statusWebhook, type Posted } from './nemesis/webhooks.js';
import { statusLines, wordsOf, type StatusLine, type Words } from './told-by-platform.js';

export interface Replay {
  /** True: once more on the next day, by the services' own clocks, and with it every record that Kafka has. */
  readonly nextDay?: boolean;
}

/** Most statuses that are posted once more; enough of each. */
const REPLAYED = 600;
const PER_SECOND = 300;
/** Into the next day, and before the final seal, which changes what there is. */
const NEXT_DAY_MS = 20 * 3_600_000;
const STILL_FOR_MS = 2_000;
const READ_WITHIN_MS = 60_000;

/** I9: what was acknowledged is posted once more, as a Meta that has forgotten the answers would. Nothing may change: no row, no consent, no confirmation. */
export async function replayChangesNothing(context: FaultContext, { nextDay = false }: Replay): Promise<void> {
  await context.platform.change({ webhooks: { lossShare: 1, retryForMs: 0 } }); // from now on only the replay speaks
  await context.until('the run is sealed and nothing more comes', () => isStill(context), READ_WITHIN_MS);
  const before = await imageOf(context);
  const demandSame = async (what: string): Promise<void> => {
    const after = await imageOf(context);
    const changed = Object.keys(before).filter((part) => before[part] !== after[part]);
    context.demand(`I9: ${what} changes nothing (it changed ${changed.join(', ')})`, changed.length === 0);
  };
  const taken = await postAgain(context);
  context.bit(`${taken} webhooks were replayed after the seal`, taken > 0);
  await demandSame('replaying webhooks');
  if (!nextDay) return;

  const itIsTomorrow = { DAYBREAK_CLOCK_SKEW_MS: String(NEXT_DAY_MS) };
  await Promise.all(['ingest', 'sla-tracker', ...context.senders].map((instance) => context.services.restart(instance, itIsTomorrow)));
  const takenTomorrow = await postAgain(context);
  context.bit(`${takenTomorrow} webhooks were replayed on the next day`, takenTomorrow > 0);
  await demandSame('replaying webhooks on the next day');
  const records = await publishAgain(context);
  context.bit(`${records} records of Kafka were replayed`, records > 0);
  await demandSame('replaying records of Kafka');
}

/** Posts statuses and what people wrote; resolves when they are read. Returns how many were taken. */
async function postAgain(context: FaultContext): Promise<number> {
  const statuses = (await statusLines(context)).filter((line) => line.answer === 200).slice(-REPLAYED);
  const words = (await wordsOf(context)).filter(({ acknowledged }) => acknowledged);
  const seen = await statusesSeen(context);
  const ofStatuses = await floodOf(context, statuses.map(againStatus));
  const ofWords = await floodOf(context, words.map(againWords));
  await context.until('the replayed statuses are read', async () => (await statusesSeen(context)) >= seen + ofStatuses, READ_WITHIN_MS);
  await context.until('all that was told of it is read', () => everythingIsRead(context), READ_WITHIN_MS);
  await sleep(STILL_FOR_MS);
  return ofStatuses + ofWords;
}

async function floodOf(context: FaultContext, posts: readonly Posted[]): Promise<number> {
  if (posts.length === 0) return 0;
  const perSecond = Math.min(PER_SECOND, posts.length);
  const { answers } = await flood(context, { perSecond, seconds: Math.floor(posts.length / perSecond) }, (n) => posts[n] as Posted);
  return answers.get(200) ?? 0;
}

const againStatus = ({ wamid, status, phone_number_id: phoneNumberId, to, reference, stamped, code }: StatusLine): Posted => ({
  signed: true,
  body: statusWebhook({ wamid, status, phoneNumberId, to, reference, atMs: stamped * 1_000, code }),
});

const againWords = ({ wamid, from, phoneNumberId, text, atMs }: Words): Posted => ({
  signed: true,
  body: inboundWebhook({ wamid, from: from.slice(1), phoneNumberId, text, atMs }),
});

/** Topics whose every record is published once more, with its key, its headers and in its order. */
const REPUBLISHED = [
  topics.deliveryPlanned,
  topics.deliveryAttempted,
  topics.deliverySettled,
  topics.deliveryMoved,
  topics.deliveryStatusObserved,
  topics.inboundReceived,
  topics.consentChanged,
  topics.replyRequested,
].map(({ name }) => name);

/** Resolves when all groups have read them; returns how many they were. */
async function publishAgain(context: FaultContext): Promise<number> {
  const kafka = kafkaOf(context);
  const [admin, producer] = [kafka.admin(), kafka.producer()];
  const consumer = kafka.consumer({ groupId: `${context.morning.options.namespace}.replay-${process.pid}` });
  const names = REPUBLISHED.map((name) => `${context.morning.options.namespace}.${name}`);
  const records = new Map<string, { partition: number; key: Buffer | null; value: Buffer | null; headers: IHeaders }[]>();
  try {
    await Promise.all([admin.connect(), producer.connect(), consumer.connect()]);
    const ends = await endsOf(admin, names);
    await consumer.subscribe({ topics: names, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: ({ batch }) => {
        const { topic, partition, messages } = batch;
        const of = records.get(topic) ?? [];
        for (const { key, value, headers = {} } of messages) of.push({ partition, key, value, headers });
        records.set(topic, of);
        if (BigInt(batch.lastOffset()) >= (ends.get(`${topic}/${partition}`) ?? 0n)) ends.delete(`${topic}/${partition}`);
        return Promise.resolve();
      },
    });
    await context.until('Kafka is read to its end', () => ends.size === 0, READ_WITHIN_MS);
    for (const [topic, messages] of records) await producer.send({ topic, messages });
  } finally {
    await Promise.allSettled([consumer.disconnect(), producer.disconnect(), admin.disconnect()]);
  }
  await context.until('all records are read once more', () => everythingIsRead(context), READ_WITHIN_MS);
  await sleep(STILL_FOR_MS);
  return [...records.values()].reduce((sum, { length }) => sum + length, 0);
}

/** Whether every group of the morning has committed what its topics hold. */
async function everythingIsRead(context: FaultContext): Promise<boolean> {
  const { namespace } = context.morning.options;
  const admin = kafkaOf(context).admin();
  try {
    await admin.connect();
    const { groups } = await admin.listGroups();
    const ofServices = groups.filter(({ groupId }) => groupId.startsWith(`${namespace}.`) && !/(witness|eyes|replay)-/.test(groupId));
    const ends = await endsOf(
      admin,
      (await admin.listTopics()).filter((topic) => topic.startsWith(`${namespace}.`)),
    );
    for (const { groupId } of ofServices) {
      for (const { topic, partitions } of await admin.fetchOffsets({ groupId })) {
        const lags = partitions.some(
          ({ partition, offset }) => BigInt(offset) >= 0n && BigInt(offset) <= (ends.get(`${topic}/${partition}`) ?? -1n),
        );
        if (lags) return false;
      }
    }
    return true;
  } finally {
    await admin.disconnect();
  }
}

/** Offset of the last record of every partition that has one, by `topic/partition`. */
async function endsOf(admin: Admin, names: readonly string[]): Promise<Map<string, bigint>> {
  const ends = new Map<string, bigint>();
  for (const topic of names) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
      if (BigInt(high) > BigInt(low)) ends.set(`${topic}/${partition}`, BigInt(high) - 1n);
  }
  return ends;
}

const kafkaOf = (context: FaultContext): Kafka =>
  new Kafka({ clientId: 'replay', brokers: context.stack.kafkaBrokers.split(','), logLevel: logLevel.NOTHING });

/** Every fact of the morning that anybody could ask for, in one word each. */
async function imageOf(context: FaultContext): Promise<Readonly<Record<string, string>>> {
  const word = async (service: string, columns: string, table: string, order: string): Promise<string> => {
    const [row] = await context.sql<{ image: string | null }>(
      service,
      `select md5(string_agg(concat_ws('|', ${columns}), ',' order by ${order})) as image from ${table}`,
    );
    return row?.image ?? '';
  };
  const ofRun = `delivery where run_id = '${RUN_ID}'`;
  return {
    'the sender’s deliveries': await word('sender', 'delivery_id, state, reason, shard_id, attempt', ofRun, 'delivery_id'),
    replies: await word('sender', 'reply_id, state, attempt', 'reply', 'reply_id'),
    'the tracker’s deliveries': await word(
      'sla-tracker',
      'delivery_id, record, state, status, outcome, public_status, reason, error_code',
      ofRun,
      'delivery_id',
    ),
    'raw events': String(await eventCount(context)),
    seals: await word('sla-tracker', 'digest', `seal where run_id = '${RUN_ID}'`, 'kind'),
    'the ledger of consent': await word('ingest', 'event_key, recipient_id, purpose, change, said_at', 'consent_event', 'event_key'),
    'states of consent': await word('ingest', 'recipient_id, purpose, state, since', 'consent_state', 'recipient_id, purpose'),
    'messages posted': String((await context.ledger()).filter((line) => line.kind === 'request' && line.to !== undefined).length),
  };
}

/** Raw status events that sla-tracker has kept. */
async function eventCount(context: FaultContext): Promise<number> {
  const [row] = await context.sql<{ n: string }>(
    'sla-tracker',
    `select count(*) as n from delivery_event where topic like '%status-observed%'`,
  );
  return Number(row?.n ?? 0);
}

/** Statuses that sla-tracker has looked at since it started, new or not. */
async function statusesSeen(context: FaultContext): Promise<number> {
  const metrics = await (await fetch(`${context.morning.urlOf('sla-tracker')}/metrics`)).text();
  const counters = metrics.matchAll(/^daybreak_status_(?:events_folded|regressions_ignored)_total (\d+)$/gm);
  return [...counters].reduce((sum, [, count]) => sum + Number(count), 0);
}

async function isStill(context: FaultContext): Promise<boolean> {
  const sealed = (await context.morning.run().catch(() => undefined))?.sealed === true;
  const [events, image] = [await eventCount(context), JSON.stringify(await imageOf(context))];
  await sleep(STILL_FOR_MS);
  return sealed && (await eventCount(context)) === events && JSON.stringify(await imageOf(context)) === image;
}
