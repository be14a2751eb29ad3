import type { Clock } from '@daybreak/kernel';
import type { Kafka } from 'kafkajs';
import type { ConsumerTuning } from './consumer-tuning.js';
import { DeadLetters, type Seal } from './dead-letters.js';
import { kafkaClient, type EventBusConfig } from './kafka-client.js';
import { RecordProducer } from './record-producer.js';

/** What a bus needs to know of its service. */
export interface EventBusOptions {
  readonly config: EventBusConfig;
  /** Name of the service, as brokers see it. */
  readonly clientId: string;
  readonly clock: Clock;
  /** How dead letters' values are sealed; absent: they are left out. */
  readonly seal?: Seal | undefined;
}

/** What the bus asks of a transport that consumes through it. */
export interface ConsumingServer {
  joined(): Promise<void>;
  caughtUp(): Promise<void>;
  assertAlive(): void;
  close(): Promise<void>;
}

/** One process's connection to Kafka: what consumers, publisher and relay share, and the order in which they stop. */
export class EventBus {
  readonly kafka: Kafka;
  readonly namespace: string;
  readonly producer: RecordProducer;
  readonly deadLetters: DeadLetters;
  readonly tuning: Partial<ConsumerTuning>;
  private readonly servers: ConsumingServer[] = [];

  constructor({ config, clientId, clock, seal }: EventBusOptions) {
    this.kafka = kafkaClient(config, clientId);
    this.namespace = config.NAMESPACE;
    this.producer = new RecordProducer((socketFactory) => kafkaClient(config, clientId, { socketFactory }), config.NAMESPACE);
    this.deadLetters = new DeadLetters(this.producer, clock, seal);
    const sessionTimeoutMs = config.KAFKA_SESSION_TIMEOUT_MS;
    this.tuning = sessionTimeoutMs === undefined ? {} : { sessionTimeoutMs, rebalanceTimeoutMs: sessionTimeoutMs * 1.5 };
  }

  register(server: ConsumingServer): void {
    this.servers.push(server);
  }

  /** Resolves once every consumer of this process is a member of its group. Not before `startAllMicroservices`. */
  async joined(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.joined()));
  }

  /** Resolves once the `perInstance` projections of this process are complete. Not before `startAllMicroservices`. */
  async caughtUp(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.caughtUp()));
  }

  /** Throws when a consumer has died in silence. */
  assertAlive(): void {
    for (const server of this.servers) server.assertAlive();
  }

  /** Finishes the batches in hand; publishing still works. */
  async stopConsuming(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
  }

  async close(): Promise<void> {
    await this.stopConsuming();
    await this.producer.close();
  }
}
