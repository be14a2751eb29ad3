import { reasonOf } from '@daybreak/kernel';
import { Logger } from '@nestjs/common';
import type { Consumer, Kafka } from 'kafkajs';
import type { Place } from './topic-pump.js';

const nameOf = ({ topic, partition }: Place): string => `${topic}/${partition}`;

/** How far a membership has come: has it joined, has it read all that lay there when it joined, does it still give signs of life. */
export class Progress {
  private readonly logger = new Logger(Progress.name);
  readonly joined: Promise<void>;
  /** A projection read from the beginning is complete: what comes from now on is news. */
  readonly caughtUp: Promise<void>;
  private markJoined!: () => void;
  private markCaughtUp!: () => void;
  private lastSignMs = performance.now();
  /** Offsets after the last event handled, and those at the ends when we joined. */
  private readonly positions = new Map<string, bigint>();
  private ends: ReadonlyMap<string, bigint> | undefined;
  private readonly paused = new Set<string>();
  private readonly brokers = { fetched: new Set<number>(), idle: new Set<number>() };

  /** @param fetchWaitMs a fetch that took so long found nothing new in any partition */
  constructor(
    private readonly kafka: Kafka,
    private readonly topics: readonly string[],
    private readonly fetchWaitMs: number,
  ) {
    this.joined = new Promise((resolve) => (this.markJoined = resolve));
    this.caughtUp = new Promise((resolve) => (this.markCaughtUp = resolve));
  }

  /** Real ms since kafkajs did anything at all, be it in vain. */
  silentMs(): number {
    return performance.now() - this.lastSignMs;
  }

  sign(): void {
    this.lastSignMs = performance.now();
  }

  passed(place: Place, offset: string): void {
    this.positions.set(nameOf(place), BigInt(offset) + 1n);
    this.compare();
  }

  pause(place: Place): void {
    this.paused.add(nameOf(place));
  }

  resume(place: Place): void {
    this.paused.delete(nameOf(place));
  }

  follow(consumer: Consumer): void {
    const { GROUP_JOIN, FETCH_START, FETCH, HEARTBEAT, CRASH } = consumer.events;
    consumer.on(HEARTBEAT, () => this.sign());
    consumer.on(CRASH, () => this.sign());
    consumer.on(GROUP_JOIN, () => void this.onJoin());
    consumer.on(FETCH_START, ({ payload }) => {
      this.sign();
      this.brokers.fetched.add(payload.nodeId);
    });
    consumer.on(FETCH, ({ payload }) => this.onFetch(payload.nodeId, payload.duration));
  }

  private async onJoin(): Promise<void> {
    this.markJoined();
    this.brokers.fetched.clear();
    this.brokers.idle.clear();
    try {
      this.ends ??= await this.findEnds();
      this.compare();
    } catch (error) {
      this.logger.warn(`the ends of the partitions are not known (${reasonOf(error)}); an idle fetch will tell`);
    }
  }

  /** Compaction may have emptied a partition up to its end, so that no event will ever take us there: then an idle fetch tells. */
  private onFetch(broker: number, durationMs: number): void {
    if (durationMs < this.fetchWaitMs || this.paused.size > 0) return;
    this.brokers.idle.add(broker);
    if ([...this.brokers.fetched].every((id) => this.brokers.idle.has(id))) this.markCaughtUp();
  }

  private async findEnds(): Promise<ReadonlyMap<string, bigint>> {
    const admin = this.kafka.admin();
    try {
      await admin.connect();
      const found = await Promise.all(
        this.topics.map(async (topic) =>
          (await admin.fetchTopicOffsets(topic)).map(
            ({ partition, low, high }) => [nameOf({ topic, partition }), BigInt(low === high ? 0 : high)] as const,
          ),
        ),
      );
      return new Map(found.flat());
    } finally {
      await admin.disconnect();
    }
  }

  private compare(): void {
    if (this.ends !== undefined && [...this.ends].every(([place, end]) => (this.positions.get(place) ?? 0n) >= end)) this.markCaughtUp();
  }
}
