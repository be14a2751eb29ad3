import { Kafka, logLevel, type Admin } from 'kafkajs';
import type { FaultContext } from '../context.js';

/* What can happen to the broker. Between 05:59 and 06:05 it costs visibility, not deliveries. */

/** With -9; back after so many real seconds. While its coordinators load again, clients are told so. */
export async function killKafka(context: FaultContext, awaySeconds: number): Promise<void> {
  const before = (await context.postedTo()).size;
  await context.stack.kafka.kill();
  await context.realSeconds(awaySeconds);
  const during = (await context.postedTo()).size - before;
  let isBack = false;
  const [said] = await Promise.all([
    coordinatorErrors(context, () => isBack),
    context.stack.kafka.restart().finally(() => (isBack = true)),
  ]);
  context.bit(`Kafka was killed for ${awaySeconds} s, in which ${during} messages were sent all the same`, during > 0);
  context.note(`until it was back it said: ${said.join(', ') || 'nothing of its coordinators'}`);
}

/** What a broker that has just been started says to somebody who asks for a group, until it answers or is ready for everybody. */
async function coordinatorErrors(context: FaultContext, isBack: () => boolean): Promise<string[]> {
  const group = `${context.morning.options.namespace}.sla-tracker`;
  const kafka = new Kafka({
    clientId: 'nemesis',
    brokers: context.stack.kafkaBrokers.split(','),
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  });
  const said = new Set<string>();
  for (let answers = false; !answers && !isBack();) {
    const admin = kafka.admin();
    try {
      await admin.connect();
      await admin.fetchOffsets({ groupId: group });
      answers = true;
    } catch (error) {
      const { type } = error as { readonly type?: string };
      if (type !== undefined) said.add(type);
      await context.realSeconds(0.02);
    } finally {
      await admin.disconnect();
    }
  }
  return [...said];
}

/** Its connections stay, nobody is answered. Webhooks go to the spool, and from there to Kafka when it is back. */
export async function stallKafka(context: FaultContext, seconds: number): Promise<void> {
  const before = (await context.postedTo()).size;
  const spooledMost = { events: 0 };
  await context.stack.kafka.pause();
  for (let second = 0; second < seconds; second += 1) {
    await context.realSeconds(1);
    spooledMost.events = Math.max(spooledMost.events, await spooled(context));
  }
  const during = (await context.postedTo()).size - before;
  await context.stack.kafka.resume();
  context.bit(`Kafka was silent for ${seconds} s, in which ${during} messages were sent all the same`, during > 0);
  context.bit(`${spooledMost.events} events of webhooks lay in the spool`, spooledMost.events > 0);
  await context.until('the spool is empty again', async () => (await spooled(context)) === 0, 60_000);
}

async function spooled(context: FaultContext): Promise<number> {
  const [row] = await context.sql<{ n: string }>('ingest', 'select count(*) as n from spool');
  return Number(row?.n ?? 0);
}

const STATUS_TOPIC = 'daybreak.delivery.status-observed.v1';
const DEAD_LETTERS = 'daybreak.dead-letter.v1';

/** A record that is no event, in every partition of the statuses: it must not stop those behind it, and lies in the dead letters afterwards. */
export async function poison(context: FaultContext): Promise<void> {
  const { namespace } = context.morning.options;
  const kafka = clientOf(context);
  const [admin, producer] = [kafka.admin(), kafka.producer()];
  try {
    await Promise.all([admin.connect(), producer.connect()]);
    const topic = `${namespace}.${STATUS_TOPIC}`;
    const partitions = (await admin.fetchTopicOffsets(topic)).map(({ partition }) => partition);
    const lettersBefore = await recordsOf(admin, `${namespace}.${DEAD_LETTERS}`);
    await producer.send({ topic, messages: partitions.map((partition) => ({ partition, key: 'poison', value: Buffer.alloc(32, 0xff) })) });
    await context.until(
      'poisoned records are dead letters',
      async () => (await recordsOf(admin, `${namespace}.${DEAD_LETTERS}`)) >= lettersBefore + partitions.length,
    );
    context.bit(`${partitions.length} partitions were poisoned, and every record became a dead letter`, partitions.length > 0);
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  }
}

/** Groups that are disturbed, each by one of the topics it consumes. */
const GROUPS = [
  ['sla-tracker', STATUS_TOPIC],
  ['ingest', 'daybreak.inbound.received.v1'],
] as const;

/** Real seconds between two strangers of a group, and how long each stays once it belongs to it. */
const STRANGER_EVERY_S = 2;
const STRANGER_STAYS_S = 1;

/**
 * Every two seconds a stranger asks to join the groups of ingest and sla-tracker, takes part for a second and leaves: each time all partitions are handed out
 * anew. Where a join takes longer than that, because those who are in the group are at work, several strangers wait for it at once.
 */
export async function rebalanceStorm(context: FaultContext, seconds: number): Promise<void> {
  const [before, waiting] = [(await context.postedTo()).size, await context.deliveries(['QUEUED'])];
  const kafka = clientOf(context);
  const untilMs = performance.now() + seconds * 1_000;
  const strangers: Promise<boolean>[] = [];
  while (performance.now() < untilMs) {
    for (const [group, topic] of GROUPS) strangers.push(joinAndLeave(context, kafka, group, topic));
    await context.realSeconds(STRANGER_EVERY_S);
  }
  const joined = (await Promise.all(strangers)).filter(Boolean).length;
  const during = (await context.postedTo()).size - before;
  context.bit(
    `${strangers.length} strangers asked to join within ${seconds} s, ${joined} did and left again; ${during} messages were sent meanwhile`,
    strangers.length >= (GROUPS.length * seconds) / STRANGER_EVERY_S - GROUPS.length && joined >= strangers.length / 2,
  );
  context.demand('sending goes on while groups are rebalanced', during > 0 || waiting === 0);
}

/** Whether it became a member. */
async function joinAndLeave(context: FaultContext, kafka: Kafka, group: string, topic: string): Promise<boolean> {
  const { namespace } = context.morning.options;
  const consumer = kafka.consumer({ groupId: `${namespace}.${group}`, sessionTimeout: 6_000 });
  let joined = false;
  consumer.on(consumer.events.GROUP_JOIN, () => (joined = true));
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [`${namespace}.${topic}`] });
    await consumer.run({ autoCommit: false, eachBatch: () => Promise.resolve() }); // takes partitions, does nothing, says nothing
    await context.until('a stranger belongs to the group', () => joined, 20_000).catch(() => undefined);
    await context.realSeconds(STRANGER_STAYS_S);
  } finally {
    await consumer.disconnect();
  }
  return joined;
}

const clientOf = (context: FaultContext): Kafka =>
  new Kafka({ clientId: 'nemesis', brokers: context.stack.kafkaBrokers.split(','), logLevel: logLevel.NOTHING });

async function recordsOf(admin: Admin, topic: string): Promise<number> {
  return (await admin.fetchTopicOffsets(topic)).reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
}
