import { fromBinary } from '@bufbuild/protobuf';
import { topicNamed } from '@daybreak/contracts';
import { CONFIG } from '@daybreak/config';
import { Database } from '@daybreak/database';
import { EventPublisher } from '@daybreak/event-bus';
import { LOGGER, metrics, type Logger } from '@daybreak/observability';
import { Inject, Injectable } from '@nestjs/common';
import type { IngestConfig } from '../ingest.config.js';
import { spool } from '../store/spool.repository.js';
import { recordOf, type EdgeRecord } from './edge-record.js';

/** Who has the events now. */
export type HandedTo = 'kafka' | 'spool';

const DRAIN_EVENTS = 500;
const DRAIN_PATIENCE_MS = 10_000; // longer than the edge's: nobody waits for an answer here

/**
 * Gets events to Kafka; while Kafka is away, into the spool, and from there to Kafka in the order they came. As long as anything of ours
 * lies in the spool, what comes goes behind it.
 */
@Injectable()
export class HandOver {
  private spooling = false;
  private appending = 0;

  constructor(
    private readonly publisher: EventPublisher,
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CONFIG) private readonly config: Pick<IngestConfig, 'WEBHOOK_KAFKA_PATIENCE_MS'>,
  ) {}

  /** Resolves once somebody durable has all of them. Rejects when neither could take them. */
  async all(records: readonly EdgeRecord[]): Promise<HandedTo> {
    if (!this.spooling) {
      try {
        await this.publish(records, this.config.WEBHOOK_KAFKA_PATIENCE_MS);
        return 'kafka';
      } catch (error) {
        this.spooling = true;
        this.logger.error({ err: error, events: records.length }, 'Kafka does not take webhook events; they go to the spool');
      }
    }
    this.appending += 1;
    try {
      await spool.append(
        this.database,
        records.map(({ topic, encoded }) => ({ topic: topic.name, payload: encoded.value })),
      );
      return 'spool';
    } finally {
      this.appending -= 1;
    }
  }

  /** Moves what is spooled to Kafka, until nothing is left or Kafka fails. Called at start and every second; repeats what a crash interrupted. */
  async drain(): Promise<void> {
    try {
      for (;;) {
        const moved = await spool.drain(this.database, DRAIN_EVENTS, (events) => this.publish(events.map(toRecord), DRAIN_PATIENCE_MS));
        if (moved === undefined) break; // another replica drains
        if (moved > 0) continue;
        if (this.spooling && this.appending === 0) {
          this.spooling = false;
          this.logger.info('the spool is empty; webhook events go to Kafka again');
        }
        break;
      }
    } catch (error) {
      this.spooling = true; // what lies there came first
      this.logger.warn({ err: error }, 'the spool waits for Kafka');
    }
    const backlog = await spool.backlog(this.database);
    metrics.webhookSpoolDepth.set(backlog.events);
    metrics.webhookSpoolAge.set(backlog.oldestAgeSeconds);
  }

  private publish(records: readonly EdgeRecord[], timeoutMs: number): Promise<void> {
    return this.publisher.publishEncoded(records, { timeoutMs });
  }
}

function toRecord({ topic: name, payload }: { readonly topic: string; readonly payload: Uint8Array }): EdgeRecord {
  const topic = topicNamed(name);
  if (topic === undefined) throw new Error(`the spool holds an event of ${name}, which is in no catalogue`);
  return recordOf(topic, fromBinary(topic.schema, payload));
}
