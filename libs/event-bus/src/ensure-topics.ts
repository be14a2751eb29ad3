import { allTopics, topicConfig, type Topic } from '@daybreak/contracts';
import { logLevel, type Admin, type ITopicConfig } from 'kafkajs';
import { kafkaClient } from './kafka-client.js';
import { resourceName } from './resource-name.js';

/** Where the topics of the catalogue are made. */
export interface EnsureTopicsOptions {
  readonly brokers: readonly string[];
  readonly namespace: string;
  /** Copies of each partition; 1 on a single-node cluster. */
  readonly replicationFactor?: number;
  /** Partitions of every topic, instead of the catalogue's; for tests that create many topics. */
  readonly partitions?: number;
}

const LEADER_TIMEOUT_MS = 90_000; // two hundred partitions, on a machine that is busy with something else

/** Creates the catalogue's topics in a namespace, as far as they are missing. In a cluster, the KafkaTopic manifests do it instead. */
export async function ensureTopics({ brokers, namespace, replicationFactor = 1, partitions }: EnsureTopicsOptions): Promise<void> {
  // Quietly: a new topic's "not the leader" is what is waited for here.
  const admin = kafkaClient({ NAMESPACE: namespace, KAFKA_BROKERS: brokers }, 'ensure-topics', { level: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const there = new Set(await admin.listTopics());
    const missing = allTopics.filter((topic) => !there.has(resourceName(namespace, topic.name)));
    const specs = missing.map((topic) => specOf(topic, namespace, replicationFactor, partitions ?? topic.partitions));
    // kafkajs's own wait for leaders takes "I do not host this" for the last word; brokers that are slow to learn of a topic say so at first.
    if (specs.length > 0) await admin.createTopics({ topics: specs, waitForLeaders: false });
    await Promise.all(specs.map(({ topic }) => led(admin, topic)));
  } finally {
    await admin.disconnect();
  }
}

/** The metadata name leaders before those know it, and refuse records meanwhile. Only a leader that knows tells its offsets. */
async function led(admin: Admin, topic: string): Promise<void> {
  const giveUpAt = performance.now() + LEADER_TIMEOUT_MS;
  for (;;) {
    try {
      await admin.fetchTopicOffsets(topic);
      return;
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Deletes a namespace's topics. Refuses the installation itself, which has none. */
export async function dropTopics({ brokers, namespace }: Pick<EnsureTopicsOptions, 'brokers' | 'namespace'>): Promise<void> {
  if (namespace === '') throw new RangeError('topics without a namespace are not for dropping');
  const admin = kafkaClient({ NAMESPACE: namespace, KAFKA_BROKERS: brokers }, 'drop-topics').admin();
  await admin.connect();
  try {
    const doomed = (await admin.listTopics()).filter((name) => name.startsWith(`${namespace}.daybreak.`));
    if (doomed.length > 0) await admin.deleteTopics({ topics: doomed });
  } finally {
    await admin.disconnect();
  }
}

function specOf(topic: Topic, namespace: string, replicationFactor: number, numPartitions: number): ITopicConfig {
  const config = { ...topicConfig(topic), ...(replicationFactor >= 3 ? { 'min.insync.replicas': 2 } : {}) };
  return {
    topic: resourceName(namespace, topic.name),
    numPartitions,
    replicationFactor,
    configEntries: Object.entries(config).map(([name, value]) => ({ name, value: String(value) })),
  };
}
