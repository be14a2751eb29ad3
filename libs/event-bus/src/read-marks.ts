import type { Admin } from 'kafkajs';
import type { EventBus } from './event-bus.js';
import { partitionOf } from './partition-of.js';
import { resourceName } from './resource-name.js';

/** Whose progress on which topic. */
export interface ReadMarksOptions {
  /** Consumer group, without the namespace. */
  readonly group: string;
  /** Catalogue name of the topic, without the namespace. */
  readonly topic: string;
}

type Asked = Pick<Admin, 'connect' | 'disconnect' | 'fetchTopicOffsets' | 'fetchOffsets'>;

/** What a partition held when it was asked about, and the mark that was given then. */
interface Ahead {
  readonly end: bigint;
  readonly mark: number;
}

/**
 * How far a consumer group, in whatever processes, has come with a topic: for those who conclude something from what has not come. That a
 * partition brought nothing for a while may mean that there was nothing, or that it waits; only Kafka knows which.
 */
export class ReadMarks {
  private readonly ahead = new Map<number, Ahead>();
  private readonly passed = new Map<number, number>();
  private partitions = 0;

  constructor(
    private readonly bus: { readonly namespace: string; readonly kafka: { admin(): Asked } } | EventBus,
    private readonly options: ReadMarksOptions,
  ) {}

  /**
   * Asks Kafka once. Rejects, and nothing moves, while Kafka is away.
   * @param mark what the caller knows now, e.g. an instant: it holds for a partition as soon as everything is handled that lies there now
   */
  async look(mark: number): Promise<void> {
    const topic = resourceName(this.bus.namespace, this.options.topic);
    const admin = this.bus.kafka.admin();
    try {
      await admin.connect();
      const ends = await admin.fetchTopicOffsets(topic);
      for (const { partition, low, high } of ends) {
        // What is empty has been read, although nobody ever committed it.
        if (!this.ahead.has(partition)) this.ahead.set(partition, { end: low === high ? 0n : BigInt(high), mark });
      }
      this.partitions = ends.length;
      const [committed] = await admin.fetchOffsets({ groupId: resourceName(this.bus.namespace, this.options.group), topics: [topic] });
      for (const { partition, offset } of committed?.partitions ?? []) this.reach(partition, BigInt(offset));
    } finally {
      await admin.disconnect();
    }
  }

  /** The latest mark up to which everything with this key has been handled; -Infinity before any. */
  of(key: string): number {
    if (this.partitions === 0) return Number.NEGATIVE_INFINITY;
    return this.passed.get(partitionOf(Buffer.from(key), this.partitions)) ?? Number.NEGATIVE_INFINITY;
  }

  private reach(partition: number, committed: bigint): void {
    const ahead = this.ahead.get(partition);
    if (!ahead || (ahead.end > 0n && committed < ahead.end)) return;
    this.ahead.delete(partition);
    this.passed.set(partition, Math.max(ahead.mark, this.passed.get(partition) ?? Number.NEGATIVE_INFINITY));
  }
}
