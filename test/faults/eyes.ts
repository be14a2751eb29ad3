import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromBinary, type Message } from '@bufbuild/protobuf';
import { AlertSeverity, topics, type AlertRaised, type Topic } from '@daybreak/contracts';
import { tameTimers } from '@daybreak/event-bus';
import { Kafka, logLevel } from 'kafkajs';
import type { FaultContext } from './context.js';

/* What can be seen of a morning beside its ledger and its tables: what was told by Kafka, written to a log, answered to a kubelet. */

const READ_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 50;
/** Real time from a decision to its page: an outbox, a relay, a busy machine. */
const PAGED_WITHIN_MS = 20_000;

/** Every event of a topic so far, in the order of each partition. */
export async function eventsOf<T extends Message>(context: FaultContext, topic: Topic<T>): Promise<T[]> {
  const { namespace } = context.morning.options;
  const name = `${namespace}.${topic.name}`;
  tameTimers();
  const kafka = new Kafka({ clientId: 'eyes', brokers: context.stack.kafkaBrokers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const consumer = kafka.consumer({ groupId: `${namespace}.eyes-${process.pid}-${performance.now().toFixed(0)}` });
  const events: T[] = [];
  try {
    await admin.connect();
    const ends = new Map<number, bigint>();
    for (const { partition, low, high } of await admin.fetchTopicOffsets(name))
      if (BigInt(high) > BigInt(low)) ends.set(partition, BigInt(high) - 1n);
    if (ends.size === 0) return [];
    await consumer.connect();
    await consumer.subscribe({ topics: [name], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: ({ batch }) => {
        for (const { value } of batch.messages) if (value !== null) events.push(fromBinary(topic.schema, value));
        if (BigInt(batch.lastOffset()) >= (ends.get(batch.partition) ?? 0n)) ends.delete(batch.partition);
        return Promise.resolve();
      },
    });
    const giveUpAtMs = performance.now() + READ_WITHIN_MS;
    while (ends.size > 0) {
      if (performance.now() > giveUpAtMs) throw new Error(`${topic.name} was not read to its end within ${READ_WITHIN_MS / 1_000} s`);
      await sleep(LOOK_EVERY_MS);
    }
    return events;
  } finally {
    await Promise.allSettled([consumer.disconnect(), admin.disconnect()]);
  }
}

/** What an alert must be like, beside its name. */
interface AlertWanted {
  readonly severity: 'page' | 'warning';
  readonly labels?: Readonly<Record<string, string>>;
  readonly says?: RegExp;
}

/** Somebody has to be told of it. */
export async function demandAlert(context: FaultContext, alertName: string, { severity, labels = {}, says }: AlertWanted): Promise<void> {
  const fits = (alert: AlertRaised): boolean =>
    alert.alertName === alertName &&
    !alert.resolved &&
    alert.severity === (severity === 'page' ? AlertSeverity.PAGE : AlertSeverity.WARNING) &&
    (says === undefined || says.test(alert.summary)) &&
    Object.entries(labels).every(([name, value]) => alert.labels[name] === value);
  const giveUpAtMs = performance.now() + PAGED_WITHIN_MS;
  let alerts = await eventsOf(context, topics.alertRaised);
  while (!alerts.some(fits) && performance.now() < giveUpAtMs) alerts = await eventsOf(context, topics.alertRaised);
  const said = [
    ...new Set(alerts.map((alert) => `${alert.alertName} (${AlertSeverity[alert.severity]}, ${JSON.stringify(alert.labels)})`)),
  ];
  const found = alerts.find(fits);
  if (found !== undefined) context.note(`${severity}: ${found.summary}`);
  context.demand(
    `a ${severity} is raised: ${alertName} ${JSON.stringify(labels)}; there are ${said.join(', ') || 'none'}`,
    found !== undefined,
  );
}

/** Messages in the logs of a service's processes that contain these words. */
export async function logged(context: FaultContext, service: string, words: RegExp): Promise<string[]> {
  const folder = join(context.morning.options.outDir, 'logs');
  const files = (await readdir(folder)).filter((file) => file.startsWith(service));
  const lines = (await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))).flatMap((text) => text.split('\n'));
  return lines.filter((line) => words.test(line)).map((line) => words.exec(line)?.[0] ?? '');
}

/** What a kubelet would be told: the checks that fail, in the service's own words; none when it is ready. */
export async function notReady(context: FaultContext, instance: string): Promise<readonly string[]> {
  try {
    const response = await context.morning.ask(instance, '/readyz');
    if (response.ok) return [];
    const { checks = {} } = (await response.json()) as { checks?: Readonly<Record<string, string>> };
    return Object.entries(checks).flatMap(([name, said]) => (said === 'ok' ? [] : `${name}: ${said}`));
  } catch {
    return ['no answer']; // as a kubelet takes it, too
  }
}
