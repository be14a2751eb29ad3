import { Kafka, logLevel, type Admin } from 'kafkajs';
import type { FaultContext } from '../context.js';

/* What can happen to the broker. Between 05:59 and 06:05 it costs visibility, not deliveries. */

/** With -9; back after so many real seconds. */
export async function killKafka(context: FaultContext, awaySeconds: number): Promise<void> {
  const before = (await context.postedTo()).size;
  await context.stack.kafka.kill();
  await context.realSeconds(awaySeconds);
  const during = (await context.postedTo()).size - before;
  await context.stack.kafka.restart();
  context.bit(`Kafka was killed for ${awaySeconds} s, in which ${during} messages were sent all the same`, during > 0);
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

/** A stranger joins and leaves the groups of ingest and sla-tracker, again and again: all partitions are handed out anew each time. */
export async function rebalanceStorm(context: FaultContext, seconds: number): Promise<void> {
  const { namespace } = context.morning.options;
  const kafka = clientOf(context);
  let joined = 0;
  const untilMs = performance.now() + seconds * 1_000;
  while (performance.now() < untilMs) {
    for (const [group, topic] of GROUPS) {
      const consumer = kafka.consumer({ groupId: `${namespace}.${group}`, sessionTimeout: 6_000 });
      try {
        await consumer.connect();
        await consumer.subscribe({ topics: [`${namespace}.${topic}`] });
        await consumer.run({ autoCommit: false, eachBatch: () => Promise.resolve() }); // takes partitions, does nothing, says nothing
        await context.realSeconds(1);
        joined += 1;
      } finally {
        await consumer.disconnect();
      }
    }
  }
  context.bit(`a stranger joined and left ${joined} times`, joined > 1);
}

const clientOf = (context: FaultContext): Kafka =>
  new Kafka({ clientId: 'nemesis', brokers: context.stack.kafkaBrokers.split(','), logLevel: logLevel.NOTHING });

async function recordsOf(admin: Admin, topic: string): Promise<number> {
  return (await admin.fetchTopicOffsets(topic)).reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
}
